package io.withingspg.token;

import io.withingspg.config.Settings;
import io.withingspg.withings.Api;
import io.withingspg.withings.Call;
import io.withingspg.withings.CallFailure.NotPermitted;
import io.withingspg.withings.CallFailure.PersonUnknown;
import io.withingspg.withings.CallFailure.Refused;
import io.withingspg.withings.CallFailure.TokenRefused;
import io.withingspg.withings.CallFailure.Unavailable;
import io.withingspg.withings.Request;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Withings' OAuth 2 end: codes and refresh tokens in, grants out. */
public final class Authority {
    private static final Logger LOG = LoggerFactory.getLogger(Authority.class);
    private static final Call TOKEN = new Call("/v2/oauth2", "requesttoken");
    private static final Call REVOKE = new Call("/v2/oauth2", "revoke");
    private static final Call NONCE = new Call("/v2/signature", "getnonce");

    private final Api api;
    private final Settings.Application application;
    private final Clock clock;

    public Authority(Api api, Settings.Application application, Clock clock) {
        this.api = api;
        this.application = application;
        this.clock = clock;
    }

    /** @throws Refused where the code is unknown, used or older than its 30 seconds */
    public Grant exchange(String code) {
        return request(
                null,
                Map.of(
                        "grant_type",
                        "authorization_code",
                        "code",
                        code,
                        "redirect_uri",
                        application.callbackUrl().toString()));
    }

    /**
     * @throws Refused where the refresh token is dead
     * @throws PersonUnknown where the person has left
     */
    Grant refresh(long userId, String refreshToken) {
        return request(userId, Map.of("grant_type", "refresh_token", "refresh_token", refreshToken));
    }

    /** The plain form: a signed one would cost a second call for its nonce. */
    private Grant request(@Nullable Long userId, Map<String, String> grant) {
        var form = new TreeMap<>(grant);
        form.put("client_id", application.clientId());
        form.put("client_secret", application.clientSecret());
        var askedAt = clock.instant();
        try {
            var body = api.call(new Request(userId, TOKEN, form));
            return Grant.from(body, askedAt, clock.instant());
        } catch (PersonUnknown e) {
            throw e;
        } catch (TokenRefused | NotPermitted e) {
            throw credentials(e.getMessage());
        } catch (Refused e) {
            // About the application and not the person: nobody's consent is lost over a mistyped secret.
            if (String.valueOf(e.getMessage()).matches("(?i).*(client|redirect|signature).*")) {
                throw credentials(e.getMessage());
            }
            throw e;
        }
    }

    private static Unavailable credentials(@Nullable String answer) {
        return new Unavailable("Withings refuses the application, " + answer
                + ": check WITHINGS_CLIENT_ID, WITHINGS_CLIENT_SECRET and WITHINGS_CALLBACK_URL");
    }

    /**
     * Ends all access to this person's data. Must be signed. Somebody Withings does not know any more counts as revoked,
     * so that revoking can be repeated.
     */
    public void revoke(long userId) {
        var timestamp = Long.toString(clock.instant().getEpochSecond());
        var nonce = api.call(new Request(
                        userId,
                        NONCE,
                        Map.of(
                                "client_id", application.clientId(),
                                "timestamp", timestamp,
                                "signature", signature(NONCE.action(), application.clientId(), timestamp))))
                .path("nonce")
                .asText("");
        try {
            api.call(new Request(
                    userId,
                    REVOKE,
                    Map.of(
                            "client_id", application.clientId(),
                            "nonce", nonce,
                            "userid", Long.toString(userId),
                            "signature", signature(REVOKE.action(), application.clientId(), nonce))));
        } catch (PersonUnknown e) {
            LOG.debug("user {} is not known to Withings any more: {}", userId, e.getMessage());
        } catch (Refused e) {
            // Whatever else is refused, the signature above all, leaves the authorisation alive.
            if (!String.valueOf(e.getMessage()).matches("(?i).*\\buserid\\b.*")) {
                throw e;
            }
        }
    }

    /** HMAC-SHA256, keyed with the client secret, over the values in their parameters' alphabetical order. */
    private String signature(String... values) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(application.clientSecret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(String.join(",", values).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
