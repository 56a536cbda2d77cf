package io.withingspg.command;

/** What a command tells the shell. */
final class ExitCode {
    static final int DONE = 0;
    /** Some people or resources failed; the rest is done. */
    static final int SOME_FAILED = 1;
    /** Wrong use or configuration. */
    static final int WRONG_USE = 2;

    static final int DATABASE_UNREACHABLE = 3;
    static final int WITHINGS_UNREACHABLE = 4;

    private ExitCode() {}
}
