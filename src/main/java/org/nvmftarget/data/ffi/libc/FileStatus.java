package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * What statx(2) says of a file.
 *
 * @param mode type and permissions
 * @param device major and minor number of the file system, the major one in the upper 32 bits
 * @param deviceSpecial as {@code device}, of the device that the file stands for
 * @param directMemoryAlign bytes that memory for direct I/O must be aligned to; 0 where the kernel does not know or the
 *     file takes none
 * @param directOffsetAlign as {@code directMemoryAlign}, for offsets and lengths
 * @param knowsDirect whether the kernel has said anything about direct I/O
 */
public record FileStatus(
        int mode,
        long inode,
        long device,
        long deviceSpecial,
        long sizeBytes,
        int directMemoryAlign,
        int directOffsetAlign,
        boolean knowsDirect) {

    static final int STATX_BASIC_STATS = 0x7FF;
    static final int STATX_DIOALIGN = 0x2000;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_FDCWD = -100;

    private static final int S_IFMT = 0xF000;
    private static final int S_IFCHR = 0x2000;
    private static final int S_IFBLK = 0x6000;
    private static final int S_IFREG = 0x8000;

    static final StructLayout STATX = MemoryLayout.structLayout(
            JAVA_INT.withName("stx_mask"),
            MemoryLayout.paddingLayout(24),
            JAVA_SHORT.withName("stx_mode"),
            MemoryLayout.paddingLayout(2),
            JAVA_LONG.withName("stx_ino"),
            JAVA_LONG.withName("stx_size"),
            MemoryLayout.paddingLayout(80),
            JAVA_INT.withName("stx_rdev_major"),
            JAVA_INT.withName("stx_rdev_minor"),
            JAVA_INT.withName("stx_dev_major"),
            JAVA_INT.withName("stx_dev_minor"),
            MemoryLayout.paddingLayout(8),
            JAVA_INT.withName("stx_dio_mem_align"),
            JAVA_INT.withName("stx_dio_offset_align"),
            MemoryLayout.paddingLayout(96));

    private static final MemorySegment CALL = Calls.symbol("statx");

    /** Of what a path leads to; negated errno on failure. */
    public static Result of(String path) {
        return of(AT_FDCWD, path, 0);
    }

    /** Of an open file. */
    public static Result of(int fd) {
        return of(fd, "", AT_EMPTY_PATH);
    }

    /** Either. */
    public sealed interface Result {
        record Found(FileStatus status) implements Result {}

        /** @param errno negated */
        record Failed(int errno) implements Result {}
    }

    private static Result of(int fd, String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(STATX);
            MemorySegment name = arena.allocateFrom(path);
            int result = Calls.ipiip(CALL, fd, name, flags, STATX_BASIC_STATS | STATX_DIOALIGN, statx);
            return result < 0 ? new Result.Failed(result) : new Result.Found(decode(statx));
        }
    }

    private static FileStatus decode(MemorySegment statx) {
        boolean knows = (u32(statx, "stx_mask") & STATX_DIOALIGN) != 0;
        return new FileStatus(
                Short.toUnsignedInt(statx.get(JAVA_SHORT, STATX.byteOffset(PathElement.groupElement("stx_mode")))),
                u64(statx, "stx_ino"),
                number(statx, "stx_dev_major", "stx_dev_minor"),
                number(statx, "stx_rdev_major", "stx_rdev_minor"),
                u64(statx, "stx_size"),
                knows ? u32(statx, "stx_dio_mem_align") : 0,
                knows ? u32(statx, "stx_dio_offset_align") : 0,
                knows);
    }

    private static int u32(MemorySegment statx, String field) {
        return statx.get(JAVA_INT, STATX.byteOffset(PathElement.groupElement(field)));
    }

    private static long u64(MemorySegment statx, String field) {
        return statx.get(JAVA_LONG, STATX.byteOffset(PathElement.groupElement(field)));
    }

    private static long number(MemorySegment statx, String major, String minor) {
        return (long) u32(statx, major) << 32 | Integer.toUnsignedLong(u32(statx, minor));
    }

    public boolean isBlockDevice() {
        return (mode & S_IFMT) == S_IFBLK;
    }

    public boolean isCharacterDevice() {
        return (mode & S_IFMT) == S_IFCHR;
    }

    public boolean isRegularFile() {
        return (mode & S_IFMT) == S_IFREG;
    }

    /** {@code 259:3}: of a device, as sysfs names it. */
    public String deviceNumber() {
        return (deviceSpecial >>> 32) + ":" + (int) deviceSpecial;
    }

    /** Whether both are one file, or stand for one device. */
    public boolean isSameAs(FileStatus other) {
        return isBlockDevice()
                ? other.isBlockDevice() && deviceSpecial == other.deviceSpecial
                : device == other.device && inode == other.inode;
    }
}
