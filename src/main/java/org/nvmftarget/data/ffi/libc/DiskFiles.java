package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Files and block devices as storage: {@code fcntl.h}, {@code unistd.h}, {@code sys/file.h}, {@code linux/fs.h}. Results
 * below zero are negated errnos. Offsets are 64 bits wide, as on every 64-bit Linux.
 */
public final class DiskFiles {

    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 0x2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NONBLOCK = Posix.O_NONBLOCK;
    public static final int O_CLOEXEC = 0x80000;

    /** It has another number on ARM than on x86. */
    public static final int O_DIRECT = directFlag(System.getProperty("os.arch", ""));

    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final int LOCK_UN = 8;

    public static final int FALLOC_FL_KEEP_SIZE = 0x1;
    public static final int FALLOC_FL_PUNCH_HOLE = 0x2;
    public static final int FALLOC_FL_ZERO_RANGE = 0x10;

    static final long BLKGETSIZE64 = 0x80081272L;
    static final long BLKSSZGET = 0x1268L;

    private static final MemorySegment OPEN = Calls.symbol("open");
    private static final MemorySegment PREAD = Calls.symbol("pread");
    private static final MemorySegment PWRITE = Calls.symbol("pwrite");
    private static final MemorySegment FDATASYNC = Calls.symbol("fdatasync");
    private static final MemorySegment FALLOCATE = Calls.symbol("fallocate");
    private static final MemorySegment FTRUNCATE = Calls.symbol("ftruncate");
    private static final MemorySegment FLOCK = Calls.symbol("flock");
    private static final MemorySegment IOCTL = Calls.symbol("ioctl");

    private DiskFiles() {}

    static int directFlag(String arch) {
        return arch.equals("aarch64") ? 0x10000 : 0x4000;
    }

    /**
     * A descriptor, or a negated errno.
     *
     * @param mode of a file that {@link #O_CREAT} makes
     */
    public static int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return Calls.piiVariadic(OPEN, arena.allocateFrom(path), flags, mode);
        }
    }

    /** Bytes read (0 at the end), or a negated errno. */
    public static long pread(int fd, long address, long lengthBytes, long offset) {
        return Calls.longIlll(PREAD, fd, address, lengthBytes, offset);
    }

    /** Bytes written, or a negated errno. */
    public static long pwrite(int fd, long address, long lengthBytes, long offset) {
        return Calls.longIlll(PWRITE, fd, address, lengthBytes, offset);
    }

    /** What was written is stable. */
    public static int fdatasync(int fd) {
        return Calls.i(FDATASYNC, fd);
    }

    /** @param mode {@link #FALLOC_FL_PUNCH_HOLE} and its fellows */
    public static int fallocate(int fd, int mode, long offset, long lengthBytes) {
        return Calls.iill(FALLOCATE, fd, mode, offset, lengthBytes);
    }

    public static int ftruncate(int fd, long sizeBytes) {
        return Calls.il(FTRUNCATE, fd, sizeBytes);
    }

    /** @param operation {@link #LOCK_EX} and its fellows */
    public static int flock(int fd, int operation) {
        return Calls.ii(FLOCK, fd, operation);
    }

    /** The bytes of a block device, or a negated errno. */
    public static long blockDeviceSize(int fd) {
        return ioctl(fd, BLKGETSIZE64);
    }

    /** The bytes of a block device's logical block, or a negated errno. */
    public static long logicalBlockSize(int fd) {
        return ioctl(fd, BLKSSZGET);
    }

    private static long ioctl(int fd, long request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_LONG);
            int result = Calls.ilpVariadic(IOCTL, fd, request, value);
            return result < 0 ? result : value.get(JAVA_LONG, 0);
        }
    }
}
