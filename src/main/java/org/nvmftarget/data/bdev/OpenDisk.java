package org.nvmftarget.data.bdev;

import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.data.ffi.libc.Posix;

/** An open file or block device, and how it wants to be used. */
final class OpenDisk {

    private static final int STRIDE = 16; // longs of two cache lines
    private static final long CALL_BYTES = Integer.MAX_VALUE & ~4095;
    /** The most of a range that one call zeroes, and that is locked at a time. */
    private static final long ZEROED_BYTES = 64L << 20;

    private final int fd;
    private final int slot;
    private final FileStatus status;
    private final DiskShape shape;
    private final Hardware hardware;
    /** What each reactor has under way; one writer each. */
    private final AtomicLongArray inFlight;

    private final @Nullable NvmeDrive drive;

    /**
     * @param slot a number that no other open disk has
     * @param drive to which its commands go, rather than to the block device; null for none. This closes it
     */
    OpenDisk(int fd, int slot, FileStatus status, DiskShape shape, int reactors, @Nullable NvmeDrive drive) {
        this.fd = fd;
        this.slot = slot;
        this.status = status;
        this.shape = shape;
        this.drive = drive;
        hardware = Hardware.of(status);
        inFlight = new AtomicLongArray(reactors * STRIDE);
    }

    int fd() {
        return fd;
    }

    @Nullable
    NvmeDrive drive() {
        return drive;
    }

    /** Whether it has a command for {@code op}, so that its data need not come here for it. */
    boolean does(BdevOp op) {
        return drive != null
                && (op == BdevOp.COMPARE
                        ? drive.facts().compares()
                        : drive.facts().verifies());
    }

    /** Whether it does writes as a whole that are larger than a block: they must not come between several reads of one. */
    boolean isAtomic() {
        return drive != null
                && drive.facts().atomicity().normalBytes() > 1L << drive.facts().blockShift();
    }

    /** The most bytes that one call on it is for. */
    long callBytes(DiskCall.Kind kind) {
        if (drive == null) {
            return kind == DiskCall.Kind.FALLOCATE ? ZEROED_BYTES : CALL_BYTES;
        }
        return switch (kind) {
            case FALLOCATE, DEALLOCATE -> Math.min(ZEROED_BYTES, drive.facts().zeroedBytes());
            case VERIFY -> Math.min(CALL_BYTES, drive.facts().verifiedBytes());
            default -> drive.facts().transferBytes();
        };
    }

    /** The mode of fallocate(2) for what would take {@code mode} on a file; 0 if zeroes are written. */
    int zeroing(int mode) {
        if (drive == null || mode == 0) {
            return mode;
        }
        boolean punches = (mode & DiskFiles.FALLOC_FL_PUNCH_HOLE) != 0;
        return !drive.facts().zeroes() ? 0 : punches && drive.facts().zeroesDeallocate() ? mode : DiskBdev.ZERO;
    }

    /** Whether a range that was zeroed by {@code mode} is to be deallocated, too, which leaves it zeroes. */
    boolean deallocatesAfter(int mode) {
        boolean done = (mode & DiskFiles.FALLOC_FL_PUNCH_HOLE) != 0;
        return drive != null && drive.facts().deallocates() && !done;
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

    /** Whether it is a drive that was formatted to another block size since: a command of so many blocks is for other bytes. */
    boolean hasOtherBlocks() {
        long bytes = drive == null ? 0 : DiskFiles.logicalBlockSize(fd);
        return drive != null && bytes > 0 && bytes != 1L << drive.facts().blockShift();
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
        if (drive != null) {
            drive.close();
        }
        DiskFiles.flock(fd, DiskFiles.LOCK_UN);
        Posix.close(fd);
    }
}
