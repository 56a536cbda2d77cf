package io.withingspg.token;

import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the keys stand: given by the owner, or made once beside the embedded database. The first of several encrypts,
 * all of them open.
 */
final class TokenKeys {
    private static final Logger LOG = LoggerFactory.getLogger(TokenKeys.class);
    private static final int LENGTH = 32;
    private static final String ADVICE = "32 bytes in base64, as from: openssl rand -base64 32";

    private final String name;
    /** Null where the keys are in the environment, which never changes while the process lives. */
    private final @Nullable Path file;

    private final boolean generated;
    private String text;

    private TokenKeys(String name, @Nullable Path file, boolean generated, String text) {
        this.name = name;
        this.file = file;
        this.generated = generated;
        this.text = text;
    }

    /**
     * @param needed by what is stored: a key is made only where nothing is
     * @throws ConfigurationException where there is none, and one cannot or must not be made
     */
    static TokenKeys of(Settings settings, Collection<Integer> needed) {
        var given = settings.tokenKey();
        if (given != null) {
            return new TokenKeys("TOKEN_KEY", given.file(), false, given.text());
        }
        if (settings.database().url() != null) {
            throw new ConfigurationException("TOKEN_KEY is not set: give it 32 random " + ADVICE.substring(3));
        }
        var file = file(settings);
        try {
            if (!Files.exists(file)) {
                if (!needed.isEmpty()) {
                    throw new ConfigurationException("the stored tokens need the key " + Vault.names(needed) + ", and "
                            + file + ", which held it, is gone: restore " + file);
                }
                write(file, random());
            }
            return new TokenKeys(file.toString(), file, true, Files.readString(file));
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** Whether {@link #of} finds keys, or complains that the owner gives none; false where it would make one. */
    static boolean areThere(Settings settings) {
        return settings.tokenKey() != null || settings.database().url() != null || Files.exists(file(settings));
    }

    private static Path file(Settings settings) {
        return settings.database().dataDir().resolve("token.key");
    }

    /** @throws ConfigurationException where one is malformed */
    List<byte[]> decoded() {
        var keys = Arrays.stream(text.split("[,\\s]+"))
                .filter(key -> !key.isEmpty())
                .map(this::decode)
                .toList();
        if (keys.isEmpty()) {
            throw new ConfigurationException(name + " holds no key: expected " + ADVICE);
        }
        return keys;
    }

    private byte[] decode(String encoded) {
        try {
            var key = Base64.getDecoder().decode(encoded);
            if (key.length == LENGTH) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(name + " is not base64: expected " + ADVICE);
        }
        throw new ConfigurationException(name + " has the wrong length: expected " + ADVICE);
    }

    /** Reads the file again; true where it says something else than before. */
    boolean changed() {
        if (file == null) {
            return false;
        }
        try {
            var now = Files.readString(file);
            var changed = !now.strip().equals(text.strip());
            text = now;
            return changed;
        } catch (IOException e) {
            LOG.warn("{} cannot be read any more: going on with the keys it held", file);
            return false;
        }
    }

    /** Whether it is for us to make a new key, and not for the owner. */
    boolean areGenerated() {
        return generated;
    }

    /**
     * Puts a new key in front of those that are still needed; every process that shares the file takes it from there.
     *
     * @param needed of those that are there
     */
    void renew(List<byte[]> needed) {
        var path = java.util.Objects.requireNonNull(file);
        var lines = new StringBuilder(random());
        needed.forEach(key -> lines.append('\n').append(Base64.getEncoder().encodeToString(key)));
        try {
            write(path, lines.toString());
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    private static String random() {
        var bytes = new byte[LENGTH];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Whole or not at all: half a key would stop every later start. */
    private static void write(Path file, String keys) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        var whole = Files.createTempFile(
                folder,
                "token",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var channel = java.nio.channels.FileChannel.open(whole, java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap((keys + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            channel.force(true); // a key that a power cut takes away takes everybody's consent with it
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static ConfigurationException unusable(Path file, IOException e) {
        return new ConfigurationException(
                file + " cannot be read or made (" + e.getMessage() + "): check DATA_DIR and its permissions");
    }
}
