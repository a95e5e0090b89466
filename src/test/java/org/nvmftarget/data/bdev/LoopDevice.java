package org.nvmftarget.data.bdev;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A loop device over a sparse file of its own; none where the machine does not let us make one. */
public final class LoopDevice implements AutoCloseable {

    private final Path folder;
    private final String path;

    private LoopDevice(Path folder, String path) {
        this.folder = folder;
        this.path = path;
    }

    public static LoopDevice attach(long sizeBytes, int blockSizeBytes) throws IOException {
        Path folder = Files.createTempDirectory("loop");
        Path file = folder.resolve("backing.img");
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(sizeBytes);
        }
        String found =
                run("losetup", "--find", "--show", "--sector-size", String.valueOf(blockSizeBytes), file.toString());
        return new LoopDevice(folder, found.startsWith("/dev/loop") ? found : "");
    }

    /** Empty if there is none. */
    public String path() {
        return path;
    }

    public Path backing() {
        return folder.resolve("backing.img");
    }

    /** It takes over the size of its file. */
    public void adoptSize() {
        run("losetup", "--set-capacity", path);
    }

    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : "";
        } catch (IOException absent) {
            return "";
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public void close() {
        if (!path.isEmpty()) {
            run("losetup", "--detach", path);
        }
        try {
            Files.deleteIfExists(backing());
            Files.deleteIfExists(folder);
        } catch (IOException leftBehind) {
            folder.toFile().deleteOnExit();
        }
    }
}
