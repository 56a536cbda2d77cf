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
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL that keeps its data in a folder. Several commands may use one folder at a time: whoever finds it
 * running joins, and the last one out stops it, whoever started it.
 *
 * @param process the server's own
 */
record EmbeddedServer(int port, long process) implements AutoCloseable {
    private static final Duration STARTUP_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(15);

    static EmbeddedServer open(Path dataDir) {
        var folder = dataDir.resolve("postgres").toAbsolutePath().normalize();
        var running = running(folder);
        if (running != null) {
            return running;
        }
        try {
            Files.createDirectories(folder);
            EmbeddedPostgres.builder()
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
            return Objects.requireNonNull(running(folder), "it ended at once");
        } catch (IOException | IllegalStateException | NullPointerException e) {
            throw new ConfigurationException("the embedded PostgreSQL cannot start in " + folder + " (" + firstLine(e)
                    + "): check DATA_DIR, or set DATABASE_URL to a PostgreSQL of your own");
        }
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    /** From {@code postmaster.pid}: the process, and on the fourth line the port. Null where that is nobody's any more. */
    private static @Nullable EmbeddedServer running(Path folder) {
        try (var socket = new Socket()) {
            var lines = Files.readAllLines(folder.resolve("postmaster.pid"));
            var process = Long.parseLong(lines.getFirst().strip());
            var port = Integer.parseInt(lines.get(3).strip());
            if (ProcessHandle.of(process).isEmpty()) {
                return null;
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return new EmbeddedServer(port, process);
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException | NoSuchElementException e) {
            return null;
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        if (isNeeded()) {
            return;
        }
        // SIGTERM: PostgreSQL lets nobody in any more, and ends when the last one has left.
        ProcessHandle.of(process).ifPresent(server -> {
            server.destroy();
            server.onExit()
                    .completeOnTimeout(server, STOP_MAX.toSeconds(), TimeUnit.SECONDS)
                    .join();
        });
    }

    /** Whether other processes of ours are connected. */
    private boolean isNeeded() {
        try (var connection = DriverManager.getConnection(jdbcUrl());
                var others = connection.prepareStatement(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = ?")) {
            others.setString(1, Database.APPLICATION);
            try (var count = others.executeQuery()) {
                return count.next() && count.getLong(1) > 0;
            }
        } catch (SQLException e) {
            return false;
        }
    }
}
