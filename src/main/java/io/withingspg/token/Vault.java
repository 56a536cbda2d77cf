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
import java.util.HexFormat;

/**
 * Encrypts tokens (AES-256-GCM). A ciphertext opens only for the person and the purpose it was made for, so ciphertexts
 * cannot be swapped between rows or columns; its first bytes name the key.
 */
public final class Vault {
    /** What a ciphertext holds. */
    enum Purpose {
        ACCESS,
        REFRESH
    }

    private final Aead aead;
    private final int keyId;

    private Vault(Aead aead, int keyId) {
        this.aead = aead;
        this.keyId = keyId;
    }

    /** @throws ConfigurationException where the key is missing or malformed */
    @AccessesPartialKey // this is the place where the owner's key becomes Tink's
    public static Vault open(Settings settings) {
        var key = TokenKey.read(settings);
        try {
            AeadConfig.register();
            // Named after the key's own hash, so that a wrong key is recognised before anything is opened with it.
            var id = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key))
                            .getInt()
                    & 0x7fffffff;
            var parameters = AesGcmParameters.builder()
                    .setKeySizeBytes(32)
                    .setIvSizeBytes(12)
                    .setTagSizeBytes(16)
                    .setVariant(AesGcmParameters.Variant.TINK)
                    .build();
            var aesKey = AesGcmKey.builder()
                    .setParameters(parameters)
                    .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
                    .setIdRequirement(id)
                    .build();
            var handle = KeysetHandle.newBuilder()
                    .addEntry(KeysetHandle.importKey(aesKey).withFixedId(id).makePrimary())
                    .build();
            return new Vault(handle.getPrimitive(RegistryConfiguration.get(), Aead.class), id);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the token key cannot be used", e);
        }
    }

    /**
     * @param ciphertext any one that is stored
     * @throws ConfigurationException where it was made with another key than ours
     */
    public void check(Ciphertext ciphertext) {
        var needed = ByteBuffer.wrap(ciphertext.bytes(), 1, Integer.BYTES).getInt();
        if (needed != keyId) {
            throw new ConfigurationException("the stored tokens need the key " + name(needed) + ", but TOKEN_KEY is "
                    + name(keyId) + ": set the key they were encrypted with");
        }
    }

    private static String name(int keyId) {
        return HexFormat.of().toHexDigits(keyId);
    }

    Ciphertext seal(String secret, long userId, Purpose purpose) {
        try {
            return new Ciphertext(aead.encrypt(secret.getBytes(StandardCharsets.UTF_8), binding(userId, purpose)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a token cannot be encrypted", e);
        }
    }

    String open(Ciphertext ciphertext, long userId, Purpose purpose) {
        try {
            return new String(aead.decrypt(ciphertext.bytes(), binding(userId, purpose)), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new ConfigurationException("the stored token of user " + userId
                    + " cannot be opened with TOKEN_KEY: set the key it was encrypted with");
        }
    }

    private static byte[] binding(long userId, Purpose purpose) {
        return ("withings-token " + purpose + " " + userId).getBytes(StandardCharsets.UTF_8);
    }
}
