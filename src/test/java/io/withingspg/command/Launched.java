package io.withingspg.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A command as a process of its own, with no environment but what it is given. Closing it leaves nothing running. */
final class Launched implements AutoCloseable {
    private static final Path HOME = Path.of("").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** What only a library's or our own failure would print. */
    private static final Pattern STACK_TRACE =
            Pattern.compile("(?m)^\\s+at [\\w.$/]+\\(|Exception in thread|\\bCaused by:");

    private final Process process;
    private final Path folder;
    private final String name;

    private Launched(Process process, Path folder, String name) {
        this.process = process;
        this.folder = folder;
        this.name = name;
    }

    /**
     * {@code java -jar target/withings.jar}.
     *
     * @param folder holds all that it writes; it runs in a fresh one below, where it finds no settings
     */
    static Launched jar(Path folder, Map<String, String> environment, String... arguments) {
        var own = temporary(folder);
        return java(folder, own, environment, arguments);
    }

    /** {@code java -jar target/withings.jar}, with this on its standard input. */
    static Launched fed(Path folder, Map<String, String> environment, String input, String... arguments) {
        return start(temporary(folder), environment, command(folder, archive(), arguments), input);
    }

    /** {@code java -jar target/withings.jar} in this very folder, where it may find settings. */
    static Launched in(Path folder, Map<String, String> environment, String... arguments) {
        return java(folder, folder, environment, arguments);
    }

    private static Path temporary(Path folder) {
        try {
            return Files.createTempDirectory(folder, "process");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Launched java(Path scratch, Path folder, Map<String, String> environment, String... arguments) {
        return start(folder, environment, command(scratch, archive(), arguments), "");
    }

    private static String archive() {
        return "-XX:SharedArchiveFile=" + Loaded.ARCHIVE;
    }

    private static List<String> command(Path scratch, String archive, String... arguments) {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Djava.io.tmpdir=" + scratch,
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                archive,
                "-Xlog:cds=error",
                "--sun-misc-unsafe-memory-access=allow", // as the launcher does
                "-jar",
                HOME.resolve("target/withings.jar").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The classes of a first process, loaded and checked: all others start in half the time. */
    private static final class Loaded {
        static final Path ARCHIVE = make(HOME.resolve("target/launched.jsa"));

        private static Path make(Path archive) {
            var scratch = temporary(HOME.resolve("target"));
            try (var rig = new Rig()) {
                rig.enrol(rig.person(1));
                var command = command(scratch, "-XX:ArchiveClassesAtExit=" + archive, "sync");
                try (var sync = start(scratch, rig.environment(), command, "")) {
                    var ran = sync.ended();
                    if (ran.exitCode() != 0) {
                        throw new IllegalStateException(ran.out() + ran.err());
                    }
                }
            }
            return archive;
        }
    }

    /** {@code ./withings}. */
    static Launched launcher(Path folder, Map<String, String> environment, String... arguments) {
        var command = new ArrayList<>(List.of(HOME.resolve("withings").toString()));
        command.addAll(List.of(arguments));
        var variables = new java.util.HashMap<>(environment);
        variables.put("WITHINGS_JAVA", System.getProperty("java.home"));
        variables.put("MAVEN_CMD_LINE_ARGS", "verify"); // so it does not build what is being built
        return start(temporary(folder), variables, command, "");
    }

    private static Launched start(Path folder, Map<String, String> environment, List<String> command, String input) {
        try {
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(folder.resolve("out").toFile())
                    .redirectError(folder.resolve("err").toFile());
            var path = System.getenv("PATH");
            builder.environment().clear();
            builder.environment().put("PATH", path);
            builder.environment().put("LANG", "C.UTF-8");
            builder.environment().putAll(environment);
            var process = builder.start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            return new Launched(process, folder, String.join(" ", command));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Standard output so far. */
    String out() {
        return read("out");
    }

    /** Standard error so far. */
    String err() {
        return read("err");
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has printed this. */
    String awaitOut(Predicate<String> expected) {
        await(() -> expected.test(out()) || !process.isAlive());
        if (!expected.test(out())) {
            throw new AssertionError(name + " ended or did not print what was expected: " + out() + err());
        }
        return out();
    }

    /** Waits until this holds. */
    static void await(BooleanSupplier condition) {
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < until) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Waits for its end. */
    Rig.Ran ended() {
        return ended(PATIENCE);
    }

    /** Sends SIGTERM, as service managers and Ctrl-C's kin do, and waits. */
    Rig.Ran terminate(Duration patience) {
        process.destroy();
        return ended(patience);
    }

    /** Sends SIGKILL: not one instruction more. */
    void kill() {
        process.destroyForcibly();
        ended(PATIENCE);
    }

    /** Sends SIGSTOP: it keeps what it holds, and does nothing. */
    void freeze() {
        signal("STOP");
    }

    /** Sends SIGCONT, after {@link #freeze}. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Rig.Ran ended(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " did not end within " + patience + ": " + out() + err() + threads());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new Rig.Ran(process.exitValue(), out(), err());
    }

    /** What it is busy with. */
    private String threads() {
        try {
            var jstack = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/jstack", Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .start();
            return new String(jstack.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What everybody on the machine can read of it; empty once it has ended. */
    String arguments() {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    long pid() {
        return process.pid();
    }

    boolean running() {
        return process.isAlive();
    }

    static boolean hasStackTrace(String output) {
        return STACK_TRACE.matcher(output).find();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
