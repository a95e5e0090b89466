package org.nvmftarget.data.ffi.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;

/**
 * What {@code io_uring_setup} made.
 *
 * @param deferred completions wait until the owner calls
 * @param timed the owner can wait for a completion for some time
 * @param sqeShift of the size of an entry, as {@code cqeShift} of a completion's
 */
record RingSetup(
        int fd,
        int sqEntries,
        int cqEntries,
        boolean deferred,
        boolean timed,
        int sqeShift,
        int cqeShift,
        RingOffsets offsets) {

    private static final int SQE_SHIFT = Long.numberOfTrailingZeros(Layouts.SQE.byteSize());
    private static final int CQE_SHIFT = Long.numberOfTrailingZeros(Layouts.CQE.byteSize());
    private static final int BIG = Layouts.IORING_SETUP_SQE128 | Layouts.IORING_SETUP_CQE32;

    /** From the best kind of ring to what the oldest kernels with io_uring's plain reads and writes (5.6) have. */
    private static final int[] KINDS = {
        Layouts.IORING_SETUP_SINGLE_ISSUER | Layouts.IORING_SETUP_DEFER_TASKRUN | Layouts.IORING_SETUP_TASKRUN_FLAG,
        Layouts.IORING_SETUP_COOP_TASKRUN | Layouts.IORING_SETUP_TASKRUN_FLAG,
        0
    };

    /** @param big entries of 128 bytes, completions of 32, which kernels before 5.19 refuse with EINVAL */
    static RingSetup of(int entries, int completions, boolean big) throws UringException {
        int size = big ? BIG : 0;
        int result = -Errno.EINVAL;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = UringCalls.errnoState(arena);
            for (int i = 0; i < KINDS.length && result == -Errno.EINVAL; i++) {
                MemorySegment params = arena.allocate(Layouts.PARAMS);
                params.set(JAVA_INT, field("flags"), KINDS[i] | size | Layouts.IORING_SETUP_CQSIZE);
                params.set(JAVA_INT, field("cq_entries"), completions);
                result = UringCalls.setup(errno, entries, params);
                if (result >= 0) {
                    return checked(result, params, (KINDS[i] & Layouts.IORING_SETUP_DEFER_TASKRUN) != 0, big ? 1 : 0);
                }
            }
        }
        throw new UringException("io_uring_setup", result);
    }

    private static RingSetup checked(int fd, MemorySegment params, boolean deferred, int doublings)
            throws UringException {
        int needed = Layouts.IORING_FEAT_SINGLE_MMAP | Layouts.IORING_FEAT_NODROP;
        int features = params.get(JAVA_INT, field("features"));
        if ((features & needed) != needed) {
            Posix.close(fd);
            throw new UringException("io_uring of this kernel is too old", Errno.ENOSYS);
        }
        return new RingSetup(
                fd,
                params.get(JAVA_INT, field("sq_entries")),
                params.get(JAVA_INT, field("cq_entries")),
                deferred,
                (features & Layouts.IORING_FEAT_EXT_ARG) != 0,
                SQE_SHIFT + doublings,
                CQE_SHIFT + doublings,
                RingOffsets.of(params));
    }

    private static long field(String name) {
        return Layouts.offset(Layouts.PARAMS, name);
    }
}
