package io.withingspg.token;

import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** The 32 bytes that tokens are encrypted with: given by the owner, or made once beside the embedded database. */
final class TokenKey {
    private static final int LENGTH = 32;

    private TokenKey() {}

    static byte[] read(Settings settings) {
        var given = settings.tokenKey();
        if (given != null) {
            return decode("TOKEN_KEY", given);
        }
        if (settings.database().url() != null) {
            throw new ConfigurationException(
                    "TOKEN_KEY is not set: give it 32 random bytes in base64, for example from: openssl rand -base64 32");
        }
        var file = settings.database().dataDir().resolve("token.key");
        try {
            return decode(
                    file.toString(), Files.exists(file) ? Files.readString(file).strip() : make(file));
        } catch (IOException e) {
            throw new ConfigurationException(
                    file + " cannot be read or made (" + e.getMessage() + "): check DATA_DIR and its permissions");
        }
    }

    private static String make(Path file) throws IOException {
        var bytes = new byte[LENGTH];
        new SecureRandom().nextBytes(bytes);
        var key = Base64.getEncoder().encodeToString(bytes);
        Files.createDirectories(file.toAbsolutePath().getParent());
        // Whole or not at all: half a key would stop every later start.
        var whole = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "token",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(whole, key + "\n");
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        return key;
    }

    private static byte[] decode(String name, String text) {
        try {
            var key = Base64.getDecoder().decode(text);
            if (key.length == LENGTH) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    name + " is not base64: expected 32 bytes, as from: openssl rand -base64 32");
        }
        throw new ConfigurationException(
                name + " has the wrong length: expected 32 bytes in base64, as from: openssl rand -base64 32");
    }
}
