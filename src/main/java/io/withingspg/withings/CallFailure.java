package io.withingspg.withings;

import java.time.Duration;

/** A call that did not succeed, named after what to do next. The message never holds a token or a measured value. */
public abstract sealed class CallFailure extends RuntimeException {
    private CallFailure(String message) {
        super(message);
    }

    /**
     * The access token did not work: refresh once and repeat. Also thrown for statuses that often, but not surely,
     * mean a stale token.
     */
    public static sealed class TokenRefused extends CallFailure {
        private final boolean sure;

        public TokenRefused(String message, boolean sure) {
            super(message);
            this.sure = sure;
        }

        /** False where the status may as well mean invalid parameters. */
        public boolean sure() {
            return sure;
        }
    }

    /**
     * Withings does not know the person any more: the account was deleted, or the link to this application was ended. In
     * answer to a data call it may mean something else, so there a refresh tells; in answer to a refresh it is for good.
     */
    public static final class PersonUnknown extends TokenRefused {
        public PersonUnknown(String message) {
            super(message, false);
        }
    }

    /** The person or the plan does not allow this resource: leave it for a day, go on with the others. */
    public static final class NotPermitted extends CallFailure {
        public NotPermitted(String message) {
            super(message);
        }
    }

    /** Repeating will not help: record it and do not hammer. On {@code /v2/oauth2}: the code or refresh token is used up. */
    public static final class Refused extends CallFailure {
        public Refused(String message) {
            super(message);
        }
    }

    /** The application is over its quota: everybody waits. */
    public static final class OverQuota extends CallFailure {
        private final Duration pause;

        public OverQuota(String message, Duration pause) {
            super(message);
            this.pause = pause;
        }

        public Duration pause() {
            return pause;
        }
    }

    /** This call alone came too soon after its twin. */
    public static final class SameArguments extends CallFailure {
        private final Duration pause;

        public SameArguments(String message, Duration pause) {
            super(message);
            this.pause = pause;
        }

        public Duration pause() {
            return pause;
        }
    }

    /** Withings, or the way there, is out of order: repeat with growing pauses, then give up for this run. */
    public static sealed class Unavailable extends CallFailure {
        public Unavailable(String message) {
            super(message);
        }
    }

    /** Not even a connection could be made. */
    public static sealed class Unreachable extends Unavailable {
        public Unreachable(String message) {
            super(message);
        }
    }

    /** Connections failed again and again a moment ago, so that this call was not even tried, and is not repeated. */
    public static final class Closed extends Unreachable {
        public Closed(String reason) {
            super(reason);
        }
    }
}
