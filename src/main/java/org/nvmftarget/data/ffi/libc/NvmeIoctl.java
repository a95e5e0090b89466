package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * NVMe commands to a drive of the machine, as {@code linux/nvme_ioctl.h} has them: one structure for what goes by ioctl(2)
 * and for what goes by io_uring. A reserved field of the latter is the result of the former.
 */
public final class NvmeIoctl {

    /** Of the structure. */
    public static final int COMMAND_BYTES = 72;

    /** An I/O command, as io_uring takes it. */
    public static final int URING_CMD_IO = 0xC048_4E80;

    static final StructLayout COMMAND = MemoryLayout.structLayout(
            JAVA_BYTE.withName("opcode"),
            JAVA_BYTE.withName("flags"),
            JAVA_SHORT.withName("rsvd1"),
            JAVA_INT.withName("nsid"),
            JAVA_INT.withName("cdw2"),
            JAVA_INT.withName("cdw3"),
            JAVA_LONG.withName("metadata"),
            JAVA_LONG.withName("addr"),
            JAVA_INT.withName("metadata_len"),
            JAVA_INT.withName("data_len"),
            JAVA_INT.withName("cdw10"),
            JAVA_INT.withName("cdw11"),
            JAVA_INT.withName("cdw12"),
            JAVA_INT.withName("cdw13"),
            JAVA_INT.withName("cdw14"),
            JAVA_INT.withName("cdw15"),
            JAVA_INT.withName("timeout_ms"),
            JAVA_INT.withName("result"));

    static final long ID = 0x4E40L;
    static final long ADMIN_CMD = 0xC048_4E41L;

    private static final long OPCODE = offset("opcode");
    private static final long NSID = offset("nsid");
    private static final long ADDR = offset("addr");
    private static final long DATA_LEN = offset("data_len");
    private static final long CDW10 = offset("cdw10");
    private static final long CDW11 = offset("cdw11");
    private static final long CDW12 = offset("cdw12");

    private static final MemorySegment IOCTL = Calls.symbol("ioctl");

    private NvmeIoctl() {}

    private static long offset(String field) {
        return COMMAND.byteOffset(PathElement.groupElement(field));
    }

    /** Room for a command, zeroed, and as it should be aligned. */
    public static MemorySegment command(Arena arena) {
        return arena.allocate(COMMAND);
    }

    /** Writes what the commands that we send have; all else in {@code command} is zero. */
    public static void encode(MemorySegment command, int opcode, int nsid, int cdw10, int cdw11, int cdw12) {
        command.set(JAVA_BYTE, OPCODE, (byte) opcode);
        command.set(JAVA_INT, NSID, nsid);
        command.set(JAVA_INT, CDW10, cdw10);
        command.set(JAVA_INT, CDW11, cdw11);
        command.set(JAVA_INT, CDW12, cdw12);
    }

    /** Where its data go to or come from; a length of 0 for none. */
    public static void data(MemorySegment command, long address, int lengthBytes) {
        command.set(JAVA_LONG, ADDR, address);
        command.set(JAVA_INT, DATA_LEN, lengthBytes);
    }

    /** The namespace that an open device of a drive stands for, or a negated errno: ENOTTY if it is no such device. */
    public static int namespaceId(int fd) {
        return Calls.ilpVariadic(IOCTL, fd, ID, MemorySegment.NULL);
    }

    /** Sends an admin command and waits for its end: 0, the status of the completion, or a negated errno. */
    public static int admin(int fd, MemorySegment command) {
        return Calls.ilpVariadic(IOCTL, fd, ADMIN_CMD, command);
    }
}
