package org.nvmftarget.data.bdev;

import java.util.concurrent.atomic.AtomicLongArray;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.data.ffi.libc.Posix;

/** An open file or block device, and how it wants to be used. */
final class OpenDisk {

    private static final int STRIDE = 16; // longs of two cache lines

    private final int fd;
    private final int slot;
    private final FileStatus status;
    private final DiskShape shape;
    private final Hardware hardware;
    /** What each reactor has under way; one writer each. */
    private final AtomicLongArray inFlight;

    /** @param slot a number that no other open disk has */
    OpenDisk(int fd, int slot, FileStatus status, DiskShape shape, int reactors) {
        this.fd = fd;
        this.slot = slot;
        this.status = status;
        this.shape = shape;
        hardware = Hardware.of(status);
        inFlight = new AtomicLongArray(reactors * STRIDE);
    }

    int fd() {
        return fd;
    }

    /** Its place among the registered files of each ring. */
    int slot() {
        return slot;
    }

    /** As it was when it was opened. */
    FileStatus status() {
        return status;
    }

    DiskShape shape() {
        return shape;
    }

    Hardware hardware() {
        return hardware;
    }

    /** On reactor {@code channel}. */
    void begin(int channel) {
        inFlight.setRelease(channel * STRIDE, inFlight.getPlain(channel * STRIDE) + 1);
    }

    /** On reactor {@code channel}. */
    void end(int channel) {
        inFlight.setRelease(channel * STRIDE, inFlight.getPlain(channel * STRIDE) - 1);
    }

    /** Whether no reactor has anything under way; for good once none begins anything. */
    boolean isQuiet() {
        for (int i = 0; i < inFlight.length(); i += STRIDE) {
            if (inFlight.getAcquire(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether it is a device that was taken away. Of such a one Linux says that it ends at 0: reads have no bytes, and
     * writes no space, as if it were full.
     */
    boolean isWithoutBytes() {
        return status.isBlockDevice() && DiskFiles.blockDeviceSize(fd) <= 0;
    }

    /** Its bytes now, or a negated errno. */
    long currentBytes() {
        if (status.isBlockDevice()) {
            return DiskFiles.blockDeviceSize(fd);
        }
        return switch (FileStatus.of(fd)) {
            case FileStatus.Result.Found found -> found.status().sizeBytes();
            case FileStatus.Result.Failed failed -> failed.errno();
        };
    }

    /** No reactor uses it any more. */
    void close() {
        DiskFiles.flock(fd, DiskFiles.LOCK_UN);
        Posix.close(fd);
    }
}
