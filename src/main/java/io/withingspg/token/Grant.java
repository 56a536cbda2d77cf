package io.withingspg.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.store.TokenPair;
import io.withingspg.withings.CallFailure.Unavailable;
import io.withingspg.withings.Scope;
import java.time.Instant;
import java.util.List;

/**
 * What Withings grants in exchange for a code or a refresh token. API: {@code /v2/oauth2 requesttoken}.
 *
 * @param scopes may be fewer than asked for
 * @param askedAt when we asked, from when on the access token's life is counted
 * @param grantedAt when the answer came
 */
public record Grant(
        long userId,
        String accessToken,
        String refreshToken,
        Instant expiresAt,
        List<String> scopes,
        Instant askedAt,
        Instant grantedAt) {
    /** The sheet's usual life, for an answer that does not tell. */
    private static final long EXPIRES_IN_S = 10_800;

    static Grant from(ObjectNode body, Instant askedAt, Instant grantedAt) {
        var userId = body.path("userid").asText(""); // a number or a string
        var access = body.path("access_token").asText("");
        var refresh = body.path("refresh_token").asText("");
        if (!userId.matches("[0-9]{1,18}") || access.isBlank() || refresh.isBlank()) {
            throw new Unavailable("the token answer lacks its userid or tokens");
        }
        return new Grant(
                Long.parseLong(userId),
                access,
                refresh,
                askedAt.plusSeconds(Math.max(60, body.path("expires_in").asLong(EXPIRES_IN_S))),
                Scope.parse(body.path("scope").asText("")),
                askedAt,
                grantedAt);
    }

    /** As it is stored. */
    public TokenPair sealed(Vault vault) {
        return new TokenPair(
                vault.seal(accessToken, userId, Vault.Purpose.ACCESS),
                vault.seal(refreshToken, userId, Vault.Purpose.REFRESH),
                expiresAt,
                askedAt,
                grantedAt);
    }

    @Override
    public String toString() {
        return "Grant[user " + userId + "]";
    }
}
