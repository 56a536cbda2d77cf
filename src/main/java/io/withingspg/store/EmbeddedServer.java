package io.withingspg.store;

import io.withingspg.config.ConfigurationException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL that keeps its data in a folder. Several commands may use one folder at a time: whoever finds it
 * running joins, whoever started it stops it.
 *
 * @param started null where another process started it
 */
record EmbeddedServer(int port, @Nullable EmbeddedPostgres started) implements AutoCloseable {
    private static final Duration STARTUP_MAX = Duration.ofSeconds(60);

    static EmbeddedServer open(Path dataDir) {
        var folder = dataDir.resolve("postgres").toAbsolutePath().normalize();
        var running = runningPort(folder);
        if (running != 0) {
            return new EmbeddedServer(running, null);
        }
        try {
            Files.createDirectories(folder);
            var started = EmbeddedPostgres.builder()
                    .setDataDirectory(folder)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(STARTUP_MAX)
                    // The library's defaults suit throw-away tests; this data is meant to survive a power cut.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    // The person's own locale may not be installed, and initdb would refuse it.
                    .setLocaleConfig("locale", "C")
                    .setLocaleConfig("encoding", "UTF8")
                    .setOutputRedirector(Redirect.DISCARD)
                    .setErrorRedirector(Redirect.DISCARD)
                    .start();
            return new EmbeddedServer(started.getPort(), started);
        } catch (IOException | IllegalStateException e) {
            throw new ConfigurationException("the embedded PostgreSQL cannot start in " + folder + " (" + firstLine(e)
                    + "): check DATA_DIR, or set DATABASE_URL to a PostgreSQL of your own");
        }
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    /** From {@code postmaster.pid}: its fourth line is the port. 0 where nothing answers there. */
    private static int runningPort(Path folder) {
        try {
            var lines = Files.readAllLines(folder.resolve("postmaster.pid"));
            var port = lines.size() > 3 ? Integer.parseInt(lines.get(3).strip()) : 0;
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return port;
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        if (started != null) {
            try {
                started.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
