package io.withingspg.command;

import io.withingspg.config.ConfigurationException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One demo at a time in a folder: each has a Withings of its own, and the second would replace the tokens of the first
 * by ones that the first one's Withings refuses. It ends with the process, however that ends.
 */
record DemoLock(FileChannel file) implements AutoCloseable {
    private static final String NAME = "lock-demo";

    static DemoLock take(Path folder) throws IOException {
        var file = open(folder);
        try {
            if (file.tryLock() != null) {
                return new DemoLock(file);
            }
        } catch (OverlappingFileLockException e) {
            // Somebody else of this process, which is as good a reason.
        }
        file.close();
        throw new ConfigurationException("another demo runs in " + folder + ": stop it, or give --data another folder");
    }

    private static FileChannel open(Path folder) {
        try {
            Files.createDirectories(folder);
            return FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new ConfigurationException("--data " + folder + " cannot be written to ("
                    + e.getClass().getSimpleName() + "): give another folder");
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
