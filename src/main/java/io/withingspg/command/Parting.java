package io.withingspg.command;

import io.withingspg.store.Departure;
import io.withingspg.withings.CallFailure;
import io.withingspg.withings.CallFailure.Unreachable;
import org.jspecify.annotations.Nullable;

/**
 * The owner parts with a person: first nothing can be fetched here any more, then Withings revokes the authorisation.
 * Doing it again revokes again, so a failure is mended by repeating.
 *
 * @param failure why Withings did not revoke; null where it did
 */
record Parting(@Nullable CallFailure failure) {
    static Parting with(long userId, Service service, String command) {
        var now = service.clock().instant();
        service.people().unlink(userId, Departure.REMOVED, command, null, now);
        try {
            service.authority().revoke(userId);
            return new Parting(null);
        } catch (CallFailure e) {
            return new Parting(e);
        }
    }

    int exitCode() {
        return switch (failure) {
            case null -> ExitCode.DONE;
            case Unreachable _ -> ExitCode.WITHINGS_UNREACHABLE;
            case CallFailure _ -> ExitCode.SOME_FAILED;
        };
    }

    /** Of a parting that failed, in words that more can be added to. */
    String reason(String who) {
        return who + " is no longer synced, but Withings did not revoke the authorisation ("
                + (failure == null ? "" : failure.getMessage()) + ")";
    }
}
