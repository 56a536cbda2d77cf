package io.withingspg.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * The embedded server's password, in a file that {@code psql} reads: so the owner of the folder gets in without seeing
 * it, and nobody finds it among the arguments of a process.
 *
 * @param password letters, digits, - and _, so that it needs no quoting anywhere
 */
record PasswordFile(Path path, String password) {
    private static final int LENGTH = 32;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    static Path in(Path dataDir) {
        return dataDir.resolve("pgpass").toAbsolutePath().normalize();
    }

    static PasswordFile read(Path path) throws IOException {
        var password = Files.readString(path).lines().findFirst().orElse("").replaceFirst(".*:", "");
        if (password.isBlank()) {
            throw new IOException(path + " holds no password");
        }
        return new PasswordFile(path, password);
    }

    static PasswordFile make(Path path) throws IOException {
        var bytes = new byte[LENGTH];
        new SecureRandom().nextBytes(bytes);
        var password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        // The port is another one at each start. psql calls the server's socket localhost.
        var lines = "127.0.0.1:*:*:postgres:%1$s\nlocalhost:*:*:postgres:%1$s\n".formatted(password);
        var whole = Files.createTempFile(path.getParent(), "pgpass", ".new", OWNER_ONLY);
        Files.writeString(whole, lines);
        Files.move(whole, path, StandardCopyOption.ATOMIC_MOVE);
        return new PasswordFile(path, password);
    }

    /** The password alone, for {@code initdb}; the caller deletes the file. */
    Path bare() throws IOException {
        var bare = Files.createTempFile(path.getParent(), "pgpass", ".initdb", OWNER_ONLY);
        Files.writeString(bare, password + "\n", StandardCharsets.US_ASCII);
        return bare;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PasswordFile[" + path + "]";
    }
}
