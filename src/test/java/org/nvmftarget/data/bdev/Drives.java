package org.nvmftarget.data.bdev;

import org.nvmftarget.data.drive.DriveAtomicity;
import org.nvmftarget.data.drive.DriveFacts;
import org.nvmftarget.data.drive.DriveGranularity;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.model.LiveState;

/** Drives as tests want them: of namespace 3, with blocks of 512 bytes. */
final class Drives {

    static final int NSID = 3;
    static final int SHIFT = 9;
    static final long TRANSFER_BYTES = 64 << 10;
    static final long ZEROED_BYTES = 256 << 10;
    static final LiveState.Drive IDENTITY = new LiveState.Drive(
            "0000:00:04.0",
            0x1b36,
            "drive",
            "S1",
            "1.0",
            0,
            0x10400,
            0,
            0,
            "",
            NSID,
            false,
            new LiveState.Preferred(0, 0, 0));

    private Drives() {}

    /** One that has every command. */
    static DriveFacts able() {
        return facts(true, true, true);
    }

    /** One that reads, writes and flushes, and no more. */
    static DriveFacts plain() {
        return facts(false, false, false);
    }

    /** One that writes zeroes and deallocates, but cannot do both in one command. */
    static DriveFacts twoStep() {
        return facts(true, false, true);
    }

    private static DriveFacts facts(boolean zeroes, boolean zeroesDeallocate, boolean deallocates) {
        return facts(zeroes, zeroesDeallocate, deallocates, new DriveAtomicity(1 << SHIFT, 1 << SHIFT, 0, 0, 0));
    }

    private static DriveFacts facts(
            boolean zeroes, boolean zeroesDeallocate, boolean deallocates, DriveAtomicity atomicity) {
        return new DriveFacts(
                IDENTITY,
                SHIFT,
                zeroesDeallocate,
                zeroesDeallocate,
                zeroes,
                zeroesDeallocate,
                deallocates,
                TRANSFER_BYTES,
                TRANSFER_BYTES,
                ZEROED_BYTES,
                new DriveGranularity(0, 0, 0, 0),
                atomicity);
    }

    /** One that promises more of writes than the least. */
    static DriveFacts atomic(DriveAtomicity atomicity) {
        return facts(true, true, true, atomicity);
    }

    /** What is closed with it is nothing. */
    static NvmeDrive drive(DriveFacts facts) {
        return new NvmeDrive(-1, facts);
    }
}
