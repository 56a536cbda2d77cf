package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.config.ConfigurationException;
import io.withingspg.store.DatabaseUnreachable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the doctor says of one thing.
 *
 * @param check what was looked at
 * @param found in a few words, without a token and without a measured value
 * @param next what to do about it; null where nothing is to be done
 * @param exitCode that it alone would end the command with
 */
record Finding(
        String check, State state, String found, @Nullable String next, int exitCode) {
    enum State {
        OK,
        /** Works, and somebody should know. */
        WARNING,
        PROBLEM;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String check, String found) {
        return new Finding(check, State.OK, found, null, ExitCode.DONE);
    }

    static Finding warning(String check, String found, String next) {
        return new Finding(check, State.WARNING, found, next, ExitCode.DONE);
    }

    static Finding problem(String check, String found, String next) {
        return new Finding(check, State.PROBLEM, found, next, ExitCode.SOME_FAILED);
    }

    static Finding problem(String check, String found, String next, int exitCode) {
        return new Finding(check, State.PROBLEM, found, next, exitCode);
    }

    static Finding of(String check, ConfigurationException e) {
        return told(check, String.valueOf(e.getMessage()), ExitCode.WRONG_USE);
    }

    static Finding of(String check, DatabaseUnreachable e) {
        return told(check, String.valueOf(e.getMessage()), ExitCode.DATABASE_UNREACHABLE);
    }

    /** Messages are written "what is wrong: what to do"; what a library said stands in brackets. */
    private static Finding told(String check, String message, int exitCode) {
        var depth = 0;
        for (var at = 0; at < message.length() - 2; at++) {
            depth += message.charAt(at) == '(' ? 1 : message.charAt(at) == ')' ? -1 : 0;
            if (depth == 0 && message.startsWith(": ", at)) {
                return problem(check, message.substring(0, at), message.substring(at + 2), exitCode);
            }
        }
        return new Finding(check, State.PROBLEM, message, null, exitCode);
    }

    boolean isOk() {
        return state == State.OK;
    }

    ObjectNode json() {
        return new ObjectMapper()
                .createObjectNode()
                .put("check", check)
                .put("state", state.label())
                .put("found", found)
                .put("next", next);
    }
}
