package org.nvmftarget.data.bdev;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.drive.DriveFacts;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.NvmeIoctl;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.nvme.IoFlags;
import org.nvmftarget.data.nvme.Opcode;

/** The NVMe command that does what a call asks for (NVM Command Set 1.0, section 3.2). */
final class DriveCommand {

    private static final int MAX_BLOCKS = 1 << 16;

    private DriveCommand() {}

    /**
     * @param command what is left of the one before is overwritten
     * @param ranges memory outside the heap that lives until the command has ended
     * @param rangeAt where in it there is room for a range
     */
    static void encode(MemorySegment command, DiskCall call, NvmeDrive drive, MemorySegment ranges, long rangeAt) {
        switch (call.kind()) {
            case READ -> transfer(command, Opcode.READ, 0, call, drive.facts());
            case WRITE -> transfer(command, Opcode.WRITE, 0, call, drive.facts());
            case WRITE_STABLE -> transfer(command, Opcode.WRITE, IoFlags.FUA, call, drive.facts());
            case COMPARE -> transfer(command, Opcode.COMPARE, 0, call, drive.facts());
            case VERIFY ->
                blocks(
                        command,
                        Opcode.VERIFY,
                        0,
                        call,
                        drive.facts(),
                        drive.facts().verifiedBytes());
            case FALLOCATE -> {
                int flags = (call.mode() & DiskFiles.FALLOC_FL_PUNCH_HOLE) != 0 ? IoFlags.DEAC : 0;
                blocks(
                        command,
                        Opcode.WRITE_ZEROES,
                        flags,
                        call,
                        drive.facts(),
                        drive.facts().zeroedBytes());
            }
            case DEALLOCATE -> deallocate(command, call, drive.facts(), ranges, rangeAt);
            case DATASYNC -> {
                NvmeIoctl.encode(command, Opcode.FLUSH, drive.facts().identity().nsid(), 0, 0, 0);
                NvmeIoctl.data(command, 0, 0);
            }
        }
    }

    private static void transfer(MemorySegment command, int opcode, int flags, DiskCall call, DriveFacts facts) {
        blocks(command, opcode, flags, call, facts, facts.transferBytes());
        NvmeIoctl.data(command, call.address(), (int) call.lengthBytes());
    }

    private static void blocks(
            MemorySegment command, int opcode, int flags, DiskCall call, DriveFacts facts, long mostBytes) {
        long blocks = blocks(call, facts, mostBytes);
        if (blocks > MAX_BLOCKS) {
            throw new IndexOutOfBoundsException("a command on " + blocks + " blocks");
        }
        long lba = call.offset() >>> facts.blockShift();
        NvmeIoctl.encode(
                command, opcode, facts.identity().nsid(), (int) lba, (int) (lba >>> 32), flags | (int) blocks - 1);
        NvmeIoctl.data(command, 0, 0);
    }

    /** The drive moves as much as the command says, whatever the length of the memory: it must be whole blocks of it. */
    private static long blocks(DiskCall call, DriveFacts facts, long mostBytes) {
        long within = (1L << facts.blockShift()) - 1;
        long length = call.lengthBytes();
        if (length <= 0 || length > mostBytes || ((length | call.offset()) & within) != 0 || call.offset() < 0) {
            throw new IndexOutOfBoundsException(
                    "a command at " + call.offset() + " for " + length + " bytes, of at most " + mostBytes);
        }
        return length >>> facts.blockShift();
    }

    private static void deallocate(
            MemorySegment command, DiskCall call, DriveFacts facts, MemorySegment ranges, long rangeAt) {
        long blocks = blocks(call, facts, facts.zeroedBytes());
        DsmRange.encode(ranges, rangeAt, call.offset() >>> facts.blockShift(), (int) blocks);
        NvmeIoctl.encode(command, Opcode.DATASET_MANAGEMENT, facts.identity().nsid(), 0, DsmRange.DEALLOCATE, 0);
        NvmeIoctl.data(command, ranges.address() + rangeAt, DsmRange.BYTES);
    }
}
