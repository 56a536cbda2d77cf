package io.withingspg.store;

import io.withingspg.config.ConfigurationException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL that keeps its data in a folder. Several commands may use one folder at a time: whoever finds it
 * running joins, and the last one out stops it, whoever started it. It asks for a password: the machine may have other
 * accounts, and its port is open to all of them.
 *
 * @param process the server's own
 * @param joined whether others had it running when we came
 */
record EmbeddedServer(int port, long process, PasswordFile secret, boolean joined) implements AutoCloseable {
    private static final Duration STARTUP_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(15);
    private static final String ASKS = "scram-sha-256";
    /** A line of pg_hba.conf that lets people in unasked. */
    private static final Pattern TRUSTS = Pattern.compile("(?m)^(\\s*(?:local|host)\\w*\\s.*\\s)trust\\s*$");
    /** What we put into DATA_DIR. */
    private static final Pattern OURS = Pattern.compile("postgres|pgpass.*|token.*|lock(-demo)?");

    static synchronized EmbeddedServer open(Path dataDir) {
        var folder = dataDir.resolve("postgres").toAbsolutePath().normalize();
        try {
            makePrivate(dataDir);
            // One at a time: two that start on a new folder would both make it, with different passwords.
            try (var file = FileChannel.open(
                            dataDir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = file.lock()) {
                var secret = secret(dataDir, folder);
                var running = running(folder, secret);
                var server = running != null ? running : start(folder, secret);
                server.ask(folder);
                return server;
            }
        } catch (IOException | SQLException | IllegalStateException | NullPointerException e) {
            throw new ConfigurationException("the embedded PostgreSQL cannot start in " + folder + " (" + firstLine(e)
                    + "): check DATA_DIR, or set DATABASE_URL to a PostgreSQL of your own");
        }
    }

    /** Nobody else's business. A folder that holds other things too is left as it is. */
    private static void makePrivate(Path dataDir) throws IOException {
        var owner = PosixFilePermissions.fromString("rwx------");
        Files.createDirectories(dataDir, PosixFilePermissions.asFileAttribute(owner));
        try (var files = Files.list(dataDir)) {
            if (files.map(Path::getFileName).map(Path::toString).allMatch(OURS.asMatchPredicate())) {
                Files.setPosixFilePermissions(dataDir, owner);
            }
        }
    }

    private static PasswordFile secret(Path dataDir, Path folder) throws IOException {
        var file = PasswordFile.in(dataDir);
        if (Files.exists(file)) {
            return PasswordFile.read(file);
        }
        var rules = folder.resolve("pg_hba.conf");
        if (Files.exists(rules) && !TRUSTS.matcher(Files.readString(rules)).find()) {
            throw new ConfigurationException(
                    file + " held the password of the embedded PostgreSQL and is gone: restore it,"
                            + " or write trust for " + ASKS + " in " + rules + ", and the next start makes a new one");
        }
        return PasswordFile.make(file);
    }

    private static EmbeddedServer start(Path folder, PasswordFile secret) throws IOException {
        Files.createDirectories(folder);
        var password = secret.bare();
        try {
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
                    // These are options of initdb like the two above, and come after the library's own --auth=trust.
                    .setLocaleConfig("auth", ASKS)
                    .setLocaleConfig("pwfile", password.toString())
                    .setConnectConfig("password", secret.password())
                    .setOutputRedirector(Redirect.DISCARD)
                    .setErrorRedirector(Redirect.DISCARD)
                    .start();
        } finally {
            Files.delete(password);
        }
        var own = Objects.requireNonNull(running(folder, secret), "it ended at once");
        return new EmbeddedServer(own.port, own.process, secret, /* joined= */ false);
    }

    /** Folders made by earlier versions let everybody in: gives their server its password, and lets it ask. */
    private void ask(Path folder) throws IOException, SQLException {
        var file = folder.resolve("pg_hba.conf");
        var rules = Files.readString(file);
        var asking = TRUSTS.matcher(rules).replaceAll("$1" + ASKS);
        if (asking.equals(rules)) {
            return;
        }
        try (var connection = DriverManager.getConnection(jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute("ALTER ROLE postgres PASSWORD '" + secret.password() + "'");
            // Whole or not at all: half of it would let nobody in.
            Files.move(
                    Files.writeString(folder.resolve("pg_hba.conf.new"), asking), file, StandardCopyOption.ATOMIC_MOVE);
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&password=" + secret.password();
    }

    /** For {@code psql} and everything else built on libpq, which find the password in the file. */
    String url() {
        var file = URLEncoder.encode(secret.path().toString(), StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
        return "postgres://postgres@127.0.0.1:" + port + "/postgres?passfile=" + file;
    }

    /** From {@code postmaster.pid}: the process, and on the fourth line the port. Null where that is nobody's any more. */
    private static @Nullable EmbeddedServer running(Path folder, PasswordFile secret) {
        try (var socket = new Socket()) {
            var lines = Files.readAllLines(folder.resolve("postmaster.pid"));
            var process = Long.parseLong(lines.getFirst().strip());
            var port = Integer.parseInt(lines.get(3).strip());
            if (ProcessHandle.of(process).isEmpty()) {
                return null;
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return new EmbeddedServer(port, process, secret, /* joined= */ true);
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
