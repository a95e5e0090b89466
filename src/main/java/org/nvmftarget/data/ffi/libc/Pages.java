package org.nvmftarget.data.ffi.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.ffi.Native;

/** Whole pages of memory, mapped: mmap(2), munmap(2), madvise(2). */
public final class Pages {

    /** Of a huge page of x86-64, and of arm64 with pages of 4 KiB. */
    public static final long HUGE_BYTES = 2L << 20;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_POPULATE = 0x8000;
    private static final int MADV_HUGEPAGE = 14;

    private static final MemorySegment MMAP = Calls.symbol("mmap");
    private static final MemorySegment MUNMAP = Calls.symbol("munmap");
    private static final MemorySegment MADVISE = Calls.symbol("madvise");

    private Pages() {}

    /** Maps what a descriptor shares with us, all of it there at once. The address, or a negated errno. */
    public static long mapShared(int fd, long lengthBytes, long offset) {
        return Calls.longLliiil(MMAP, 0, lengthBytes, PROT_READ_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);
    }

    /** 0, or a negated errno. */
    public static int unmap(long address, long lengthBytes) {
        return Calls.ll(MUNMAP, address, lengthBytes);
    }

    /**
     * Zeroes that become memory page by page as they are touched, in huge pages where the system has such to give
     * (transparent_hugepage is {@code always} or {@code madvise}). They are given back when {@code arena} closes.
     *
     * @param lengthBytes a multiple of {@link #HUGE_BYTES}, at which the segment is aligned
     * @throws OutOfMemoryError where the system gives no more
     */
    public static MemorySegment reserve(Arena arena, long lengthBytes) {
        if (lengthBytes <= 0 || lengthBytes % HUGE_BYTES != 0) {
            throw new IllegalArgumentException(lengthBytes + " is not a multiple of " + HUGE_BYTES);
        }
        long mappedBytes = lengthBytes + HUGE_BYTES;
        long mapped = Calls.longLliiil(MMAP, 0, mappedBytes, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped < 0) {
            throw new OutOfMemoryError("mmap of " + mappedBytes + " bytes: " + Errno.message((int) mapped));
        }
        long aligned = (mapped + HUGE_BYTES - 1) & -HUGE_BYTES;
        // Advice that the system does not take leaves pages of the ordinary size.
        Calls.lli(MADVISE, aligned, lengthBytes, MADV_HUGEPAGE);
        return Native.pointer(aligned).reinterpret(lengthBytes, arena, _ -> unmap(mapped, mappedBytes));
    }
}
