package io.withingspg.token;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.store.Ciphertext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encrypts tokens (AES-256-GCM). A ciphertext opens only for the person and the purpose it was made for, so ciphertexts
 * cannot be swapped between rows or columns; its first bytes name the key. Keys in a file may be changed while this
 * lives: a new one is taken up before the next token is encrypted.
 */
public final class Vault {
    private static final Logger LOG = LoggerFactory.getLogger(Vault.class);

    /** What a ciphertext holds. */
    enum Purpose {
        ACCESS,
        REFRESH
    }

    /** @param keys by their ids, the one that encrypts first */
    private record Ring(Aead aead, Map<Integer, byte[]> keys) {
        int primary() {
            return keys.keySet().iterator().next();
        }
    }

    private final TokenKeys source;
    private volatile Ring ring;

    private Vault(TokenKeys source) {
        this.source = source;
        this.ring = ring(source);
    }

    /**
     * @param needed ids of the keys that stored ciphertexts were made with
     * @throws ConfigurationException where one of them is missing, or a key is malformed
     */
    public static Vault open(Settings settings, Collection<Integer> needed) {
        var vault = new Vault(TokenKeys.of(settings, needed));
        vault.check(needed);
        return vault;
    }

    @AccessesPartialKey // this is the place where the owner's keys become Tink's
    private static Ring ring(TokenKeys source) {
        var keys = new LinkedHashMap<Integer, byte[]>();
        source.decoded().forEach(key -> keys.put(id(key), key));
        try {
            AeadConfig.register();
            var parameters = AesGcmParameters.builder()
                    .setKeySizeBytes(32)
                    .setIvSizeBytes(12)
                    .setTagSizeBytes(16)
                    .setVariant(AesGcmParameters.Variant.TINK)
                    .build();
            var handle = KeysetHandle.newBuilder();
            for (var key : keys.entrySet()) {
                var aesKey = AesGcmKey.builder()
                        .setParameters(parameters)
                        .setKeyBytes(SecretBytes.copyFrom(key.getValue(), InsecureSecretKeyAccess.get()))
                        .setIdRequirement(key.getKey())
                        .build();
                var entry = KeysetHandle.importKey(aesKey).withFixedId(key.getKey());
                handle.addEntry(key.getKey().equals(keys.keySet().iterator().next()) ? entry.makePrimary() : entry);
            }
            return new Ring(handle.build().getPrimitive(RegistryConfiguration.get(), Aead.class), keys);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the token keys cannot be used", e);
        }
    }

    /** After the key's own hash, so that a wrong key is recognised before anything is opened with it. */
    private static int id(byte[] key) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key))
                            .getInt()
                    & 0x7fffffff;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized Ring current() {
        if (source.changed()) {
            try {
                ring = ring(source);
            } catch (
                    ConfigurationException
                            e) { // somebody is at work on it; a pair just granted must not be lost over it
                LOG.warn("the changed keys cannot be used ({}): going on with those before", e.getMessage());
            }
        }
        return ring;
    }

    /**
     * @param needed ids of the keys that stored ciphertexts were made with
     * @throws ConfigurationException where one of them is not here
     */
    void check(Collection<Integer> needed) {
        var known = ring.keys().keySet();
        var missing = needed.stream().filter(id -> !known.contains(id)).toList();
        if (!missing.isEmpty()) {
            throw missing(names(missing));
        }
    }

    private ConfigurationException missing(String names) {
        return new ConfigurationException("the stored tokens need the key " + names + ", but TOKEN_KEY holds "
                + names(ring.keys().keySet()) + ": add the key they were encrypted with, after a comma");
    }

    static String names(Collection<Integer> ids) {
        return ids.stream().map(Vault::name).collect(Collectors.joining(", "));
    }

    /** As {@code sync.token} and messages name a key. */
    static String name(int keyId) {
        return HexFormat.of().toHexDigits(keyId);
    }

    /** The id of the key that encrypts. */
    int primary() {
        return current().primary();
    }

    /** Ids of the keys that only open. */
    Collection<Integer> others() {
        var all = current().keys().keySet();
        return all.stream().skip(1).toList();
    }

    /** Whether it is for us to make a new key, and not for the owner. */
    public boolean makesItsKeys() {
        return source.areGenerated();
    }

    /** From here on a new key encrypts; those not needed any more are forgotten. */
    void renewKey(Collection<Integer> needed) {
        var keys = current().keys();
        source.renew(needed.stream().map(keys::get).toList());
    }

    Ciphertext seal(String secret, long userId, Purpose purpose) {
        try {
            return new Ciphertext(
                    current().aead().encrypt(secret.getBytes(StandardCharsets.UTF_8), binding(userId, purpose)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a token cannot be encrypted", e);
        }
    }

    /** The same secret, under the key that encrypts now. */
    Ciphertext anew(Ciphertext ciphertext, long userId, Purpose purpose) {
        return seal(open(ciphertext, userId, purpose), userId, purpose);
    }

    /** @throws ConfigurationException where the key is not here, or the ciphertext was made for another row */
    String open(Ciphertext ciphertext, long userId, Purpose purpose) {
        var keyId = ByteBuffer.wrap(ciphertext.bytes(), 1, Integer.BYTES).getInt();
        var keys = ring.keys().containsKey(keyId) ? ring : current();
        if (!keys.keys().containsKey(keyId)) {
            throw missing(name(keyId));
        }
        try {
            return new String(
                    keys.aead().decrypt(ciphertext.bytes(), binding(userId, purpose)), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new ConfigurationException("the stored token of user " + userId
                    + " was damaged, or made for another row: the person must consent again, withings enrol");
        }
    }

    private static byte[] binding(long userId, Purpose purpose) {
        return ("withings-token " + purpose + " " + userId).getBytes(StandardCharsets.UTF_8);
    }
}
