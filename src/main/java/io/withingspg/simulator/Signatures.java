package io.withingspg.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** {@code /v2/signature getnonce}, and the check of signed calls. */
final class Signatures {
    private static final Duration NONCE_LIVES = Duration.ofMinutes(30);
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(30);

    private final World world;
    private final Map<String, Instant> nonces = new ConcurrentHashMap<>();

    Signatures(World world) {
        this.world = world;
    }

    String nonce(Ask ask) {
        client(ask);
        var now = world.clock().instant();
        var timestamp = ask.numberOrNull("timestamp");
        if (timestamp == null
                || Duration.between(Instant.ofEpochSecond(timestamp), now).abs().compareTo(CLOCKS_DIFFER) > 0) {
            throw Refused.invalid("timestamp");
        }
        check(ask, "timestamp");
        nonces.values().removeIf(until -> !now.isBefore(until));
        var nonce = Secrets.token();
        nonces.put(nonce, now.plus(NONCE_LIVES));
        return Json.object().put("nonce", nonce).toString();
    }

    /** A call that must be signed: known client, fresh nonce, right signature. The nonce is used up. */
    void require(Ask ask) {
        client(ask);
        var until = nonces.remove(ask.text("nonce"));
        if (until == null || !world.clock().instant().isBefore(until)) {
            throw Refused.invalid("invalid nonce");
        }
        check(ask, "nonce");
    }

    void client(Ask ask) {
        if (!world.client().isEmpty() && !ask.text("client_id").equals(world.client())) {
            throw Refused.invalid("invalid client_id");
        }
        ask.text("client_id");
    }

    /** The signed values are those of action, client_id and one more, in the order of their names. */
    private void check(Ask ask, String third) {
        var signature = ask.text("signature");
        if (!world.secret().isEmpty()) {
            var message = ask.action() + "," + ask.text("client_id") + "," + ask.text(third);
            var expected = sign(world.secret(), message);
            if (!MessageDigest.isEqual(bytes(signature), bytes(expected))) {
                throw Refused.invalid("invalid signature");
            }
        }
    }

    static String sign(String secret, String message) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(bytes(message)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HmacSHA256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
