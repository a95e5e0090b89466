package org.nvmftarget.data.drive;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.IdentifyController;
import org.nvmftarget.data.nvme.IdentifyNamespace;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.LiveState;

/**
 * What a drive says of itself and of a namespace (Identify, CNS 00h, 01h and 06h), and what is sent to it at most.
 *
 * @param blockShift of the bytes of its logical blocks
 * @param compares it has the command Compare, as {@code verifies} Verify and {@code zeroes} Write Zeroes
 * @param zeroesDeallocate Write Zeroes can deallocate, and the blocks read as zeroes then
 * @param deallocates it has Dataset Management, and deallocated blocks read as zeroes
 * @param transferBytes that one command moves at most
 * @param verifiedBytes that one Verify is for at most
 * @param zeroedBytes that one Write Zeroes or deallocation is for at most
 */
public record DriveFacts(
        LiveState.Drive identity,
        int blockShift,
        boolean compares,
        boolean verifies,
        boolean zeroes,
        boolean zeroesDeallocate,
        boolean deallocates,
        long transferBytes,
        long verifiedBytes,
        long zeroedBytes,
        DriveGranularity granularity,
        DriveAtomicity atomicity) {

    /** The number of blocks of a command has 16 bits. */
    private static final int MAX_BLOCKS = 1 << 16;

    private static final long PAGE_BYTES = 4096;

    // Identify Namespace, beside what the target itself has in it
    private static final long FLBAS = 26;
    private static final int LBAF_BYTES = 4;
    private static final int LBAF_LBADS = 2;
    private static final int DLFEAT_READS = 7;
    private static final int DLFEAT_READS_ZEROES = 1;
    private static final int DLFEAT_WRITE_ZEROES = 1 << 3;

    /** Verify Size Limit, in pages as a power of two; of CNS 06h for the NVM command set. */
    private static final long VSL = 0;

    /**
     * @param controller Identify, CNS 01h
     * @param namespace CNS 00h
     * @param commandSet CNS 06h; zeroes where the drive has none
     */
    static DriveFacts of(
            int nsid,
            String address,
            MemorySegment controller,
            MemorySegment namespace,
            MemorySegment commandSet,
            DriveQueue queue) {
        int oncs = Wire.u16(controller, IdentifyController.ONCS);
        int blockShift = Wire.u8(namespace, format(namespace) + LBAF_LBADS);
        int dlfeat = Wire.u8(namespace, IdentifyNamespace.DLFEAT);
        boolean readsZeroes = (dlfeat & DLFEAT_READS) == DLFEAT_READS_ZEROES;
        boolean zeroes = (oncs & IdentifyController.ONCS_WRITE_ZEROES) != 0 && queue.zeroedBytes() > 0;
        boolean dsm = (oncs & IdentifyController.ONCS_DSM) != 0 && queue.deallocatedBytes() > 0;
        boolean zeroesDeallocate = zeroes && readsZeroes && (dlfeat & DLFEAT_WRITE_ZEROES) != 0;
        long most = (long) MAX_BLOCKS << blockShift;
        DriveGranularity granularity = DriveGranularity.of(namespace, blockShift);
        return new DriveFacts(
                DriveIdentity.of(nsid, address, controller, namespace, granularity.told()),
                blockShift,
                (oncs & IdentifyController.ONCS_COMPARE) != 0,
                (oncs & IdentifyController.ONCS_VERIFY) != 0,
                zeroes,
                zeroesDeallocate,
                dsm && readsZeroes,
                Math.min(most, queue.transferBytes()),
                Math.min(most, verifiedBytes(Wire.u8(commandSet, VSL))),
                zeroedBytes(
                        most, zeroes ? queue.zeroedBytes() : most, dsm ? queue.deallocatedBytes() : most, blockShift),
                granularity,
                DriveAtomicity.of(controller, namespace, blockShift));
    }

    private static long zeroedBytes(long most, long zeroed, long deallocated, int blockShift) {
        long least = 1L << blockShift;
        return Math.max(least, Math.min(most, Math.min(zeroed, deallocated)) & -least);
    }

    /** The format in use: bits 3:0 of FLBAS, and bits 6:5 above them. */
    private static long format(MemorySegment namespace) {
        int flbas = Wire.u8(namespace, FLBAS);
        return IdentifyNamespace.LBAF0 + (long) LBAF_BYTES * ((flbas & 0xF) | ((flbas >> 1) & 0x30));
    }

    /** Bytes of metadata of each block. */
    static int metadataBytes(MemorySegment namespace) {
        return Wire.u16(namespace, format(namespace));
    }

    private static long verifiedBytes(int vsl) {
        return vsl == 0 || vsl > 40 ? Long.MAX_VALUE : PAGE_BYTES << vsl;
    }
}
