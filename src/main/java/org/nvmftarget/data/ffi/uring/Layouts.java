package org.nvmftarget.data.ffi.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;

/** The structures and numbers of {@code linux/io_uring.h} that are used here. */
final class Layouts {

    static final StructLayout SQE = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(4, java.lang.foreign.ValueLayout.JAVA_BYTE)
                    .withName("opcode"),
            JAVA_INT.withName("fd"),
            JAVA_LONG.withName("off"),
            JAVA_LONG.withName("addr"),
            JAVA_INT.withName("len"),
            JAVA_INT.withName("rw_flags"),
            JAVA_LONG.withName("user_data"),
            JAVA_SHORT.withName("buf_index"),
            MemoryLayout.paddingLayout(22));

    static final StructLayout RSRC_REGISTER = MemoryLayout.structLayout(
            JAVA_INT.withName("nr"),
            JAVA_INT.withName("flags"),
            JAVA_LONG.withName("resv2"),
            JAVA_LONG.withName("data"),
            JAVA_LONG.withName("tags"));

    static final StructLayout RSRC_UPDATE2 = MemoryLayout.structLayout(
            JAVA_INT.withName("offset"),
            JAVA_INT.withName("resv"),
            JAVA_LONG.withName("data"),
            JAVA_LONG.withName("tags"),
            JAVA_INT.withName("nr"),
            JAVA_INT.withName("resv2"));

    /** What an entry of a ring with {@link #IORING_SETUP_SQE128} has instead of the padding, and after it. */
    static final int SQE_CMD = 48;

    static final int SQE_CMD_BYTES = 80;

    /** Of {@code sys/uio.h}. */
    static final StructLayout IOVEC =
            MemoryLayout.structLayout(JAVA_LONG.withName("iov_base"), JAVA_LONG.withName("iov_len"));

    static final StructLayout CQE = MemoryLayout.structLayout(
            JAVA_LONG.withName("user_data"), JAVA_INT.withName("res"), JAVA_INT.withName("flags"));

    static final StructLayout SQ_OFFSETS = MemoryLayout.structLayout(
            JAVA_INT.withName("head"),
            JAVA_INT.withName("tail"),
            JAVA_INT.withName("ring_mask"),
            JAVA_INT.withName("ring_entries"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("dropped"),
            JAVA_INT.withName("array"),
            MemoryLayout.paddingLayout(12));

    static final StructLayout CQ_OFFSETS = MemoryLayout.structLayout(
            JAVA_INT.withName("head"),
            JAVA_INT.withName("tail"),
            JAVA_INT.withName("ring_mask"),
            JAVA_INT.withName("ring_entries"),
            JAVA_INT.withName("overflow"),
            JAVA_INT.withName("cqes"),
            JAVA_INT.withName("flags"),
            MemoryLayout.paddingLayout(12));

    static final StructLayout PARAMS = MemoryLayout.structLayout(
            JAVA_INT.withName("sq_entries"),
            JAVA_INT.withName("cq_entries"),
            JAVA_INT.withName("flags"),
            MemoryLayout.paddingLayout(8),
            JAVA_INT.withName("features"),
            MemoryLayout.paddingLayout(16),
            SQ_OFFSETS.withName("sq_off"),
            CQ_OFFSETS.withName("cq_off"));

    static final StructLayout GETEVENTS_ARG = MemoryLayout.structLayout(
            JAVA_LONG.withName("sigmask"),
            JAVA_INT.withName("sigmask_sz"),
            MemoryLayout.paddingLayout(4),
            JAVA_LONG.withName("ts"));

    static final StructLayout TIMESPEC =
            MemoryLayout.structLayout(JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"));

    static final int IORING_OP_FSYNC = 3;
    static final int IORING_OP_READ_FIXED = 4;
    static final int IORING_OP_WRITE_FIXED = 5;
    static final int IORING_OP_POLL_ADD = 6;
    static final int IORING_OP_FALLOCATE = 17;
    static final int IORING_OP_READ = 22;
    static final int IORING_OP_WRITE = 23;

    static final int IORING_OP_URING_CMD = 46;
    static final int IORING_URING_CMD_FIXED = 1;

    static final int IOSQE_FIXED_FILE = 1;
    static final int IORING_FSYNC_DATASYNC = 1;

    static final int IORING_SETUP_CQSIZE = 1 << 3;
    static final int IORING_SETUP_COOP_TASKRUN = 1 << 8;
    static final int IORING_SETUP_TASKRUN_FLAG = 1 << 9;
    static final int IORING_SETUP_SQE128 = 1 << 10;
    static final int IORING_SETUP_CQE32 = 1 << 11;
    static final int IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    static final int IORING_SETUP_DEFER_TASKRUN = 1 << 13;

    static final int IORING_FEAT_SINGLE_MMAP = 1;
    static final int IORING_FEAT_NODROP = 2;
    static final int IORING_FEAT_EXT_ARG = 1 << 8;

    static final int IORING_SQ_CQ_OVERFLOW = 2;
    static final int IORING_SQ_TASKRUN = 4;
    static final int IORING_CQ_EVENTFD_DISABLED = 1;
    static final int IORING_ENTER_GETEVENTS = 1;
    static final int IORING_ENTER_EXT_ARG = 1 << 3;

    static final int IORING_REGISTER_FILES = 2;
    static final int IORING_REGISTER_EVENTFD = 4;
    static final int IORING_REGISTER_FILES_UPDATE = 6;

    static final int IORING_REGISTER_BUFFERS2 = 15;
    static final int IORING_REGISTER_BUFFERS_UPDATE = 16;
    static final int IORING_RSRC_REGISTER_SPARSE = 1;

    static final long IORING_OFF_SQ_RING = 0;
    static final long IORING_OFF_SQES = 0x1000_0000L;

    private Layouts() {}

    static long offset(StructLayout layout, String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }
}
