package io.withingspg.store;

import io.withingspg.config.ConfigurationException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A new or empty folder that nobody but its owner can look into, and the files made in it. */
public final class ExportFolder {
    private static final Logger LOG = LoggerFactory.getLogger(ExportFolder.class);
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path path;
    private final boolean existed;
    private final boolean posix;
    private final List<Path> made = new ArrayList<>();

    private ExportFolder(Path path, boolean existed, boolean posix) {
        this.path = path;
        this.existed = existed;
        this.posix = posix;
    }

    /** @throws ConfigurationException where something is there already, or the folder cannot be made */
    public static ExportFolder make(Path path) {
        var posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            var existed = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
            if (existed && !isEmptyFolder(path)) {
                throw new ConfigurationException(path + " is there already and not an empty folder: name a new one");
            }
            var folder = new ExportFolder(path, existed, posix);
            if (existed && posix) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            } else {
                Files.createDirectories(path, folder.only("rwx------"));
            }
            return folder;
        } catch (IOException e) {
            throw new ConfigurationException(
                    path + " cannot be made a folder of your own: check the path and its permissions");
        }
    }

    private static boolean isEmptyFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (var entries = Files.newDirectoryStream(path)) {
            return !entries.iterator().hasNext();
        }
    }

    private FileAttribute<?>[] only(String permissions) {
        Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(permissions);
        return posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(wanted)} : new FileAttribute<?>[0];
    }

    /** @param name may begin with a folder: {@code codes/withings.afib_class.csv} */
    OutputStream create(String name) {
        var file = path.resolve(name);
        try {
            if (Files.notExists(file.getParent())) {
                Files.createDirectory(file.getParent(), only("rwx------"));
                made.add(file.getParent());
            }
            var channel = Files.newByteChannel(
                    file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), only("rw-------"));
            made.add(file);
            return new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes away what was made: half a person's data is nothing to keep by mistake. */
    void discard() {
        try {
            for (var file : made.reversed()) {
                Files.deleteIfExists(file);
            }
            if (!existed) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.warn("{} still holds part of an export: delete it", path);
        }
    }
}
