package org.nvmftarget.data.bdev;

import org.nvmftarget.data.drive.DriveAtomicity;
import org.nvmftarget.data.drive.DriveFacts;
import org.nvmftarget.data.drive.DriveGranularity;

/** What a drive says of itself, in the blocks that hosts have, which may be larger than its own. */
final class DriveTraits {

    /** Numbers of blocks have 16 bits, and those that begin with 1 mean one more. */
    private static final int MOST_BLOCKS = 1 << 16;

    private DriveTraits() {}

    /** @param leastBytes what writes best are a multiple of, whatever the drive says */
    static Granularity granularity(DriveGranularity drive, int leastBytes, int blockShift) {
        long boundary = drive.boundaryBytes() >>> blockShift;
        boolean whole = boundary < MOST_BLOCKS && boundary << blockShift == drive.boundaryBytes();
        return new Granularity(
                blocks(Math.max(leastBytes, drive.writtenBytes()), blockShift),
                blocks(Math.max(leastBytes, drive.deallocatedBytes()), blockShift),
                drive.largestWriteBytes() == 0 ? 0 : blocks(drive.largestWriteBytes(), blockShift),
                whole ? (int) boundary : 0);
    }

    /** A write is done as a whole only if it is one command, and what the drive says is for its own writes. */
    static WriteAtomicity atomicity(DriveFacts facts, int blockShift) {
        DriveAtomicity drive = facts.atomicity();
        long most = Math.min(DiskLane.SCRATCH_BYTES, Math.min(facts.transferBytes(), facts.zeroedBytes()));
        long boundaries = drive.normalBoundaryBytes() | drive.powerFailBoundaryBytes() | drive.boundaryOffsetBytes();
        if ((boundaries & ((1L << blockShift) - 1)) != 0) {
            return WriteAtomicity.BLOCK; // one may be within a block
        }
        int normal = within(Math.min(most, drive.normalBytes()), drive.normalBoundaryBytes(), blockShift);
        int powerFail = within(Math.min(most, drive.powerFailBytes()), drive.powerFailBoundaryBytes(), blockShift);
        int normalBoundary = boundary(drive.normalBoundaryBytes(), normal, blockShift);
        int powerFailBoundary = boundary(drive.powerFailBoundaryBytes(), powerFail, blockShift);
        boolean bounded = normalBoundary > 0 || powerFailBoundary > 0;
        return new WriteAtomicity(
                normal,
                Math.min(normal, powerFail),
                normalBoundary,
                powerFailBoundary,
                bounded ? (int) (drive.boundaryOffsetBytes() >>> blockShift) : 0);
    }

    private static int within(long bytes, long boundaryBytes, int blockShift) {
        return blocks(boundaryBytes == 0 ? bytes : Math.min(bytes, boundaryBytes), blockShift);
    }

    /** It is of no matter for single blocks. */
    private static int boundary(long boundaryBytes, int unit, int blockShift) {
        return unit == 1 ? 0 : (int) (boundaryBytes >>> blockShift);
    }

    private static int blocks(long bytes, int blockShift) {
        return Math.clamp(bytes >>> blockShift, 1, MOST_BLOCKS);
    }
}
