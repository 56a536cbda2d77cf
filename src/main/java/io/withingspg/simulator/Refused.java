package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A call that ends with a status other than 0. No stack trace: it is an answer, and thousands a second are given. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final transient @Nullable JsonNode body;

    Refused(int status, String error, @Nullable JsonNode body) {
        super(error, null, false, false);
        this.status = status;
        this.body = body;
    }

    /** The 503 family: a parameter missing, garbled or contradictory; on oauth2 also a dead code or refresh token. */
    static Refused invalid(String what) {
        return new Refused(503, "Invalid Params: " + what, null);
    }

    static Refused badToken() {
        return new Refused(401, "XRequestID: Not provided invalid_token: The access token provided is invalid", null);
    }

    static Refused notPermitted(String scope) {
        return new Refused(2555, "Unauthorized: the user did not grant " + scope, null);
    }

    static Refused unknown(String action) {
        return new Refused(2554, "Not implemented: " + action, null);
    }

    String json() {
        return Envelope.error(status, String.valueOf(getMessage()), body);
    }
}
