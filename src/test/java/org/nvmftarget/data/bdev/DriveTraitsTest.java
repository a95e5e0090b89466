package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.nvmftarget.data.drive.DriveAtomicity;
import org.nvmftarget.data.drive.DriveGranularity;

/** What hosts are told of a drive's own numbers; this drive has blocks of 512 bytes and takes 64 KiB at once. */
class DriveTraitsTest {

    private static final int KIB = 1024;

    private static WriteAtomicity atomicity(int blockShift, DriveAtomicity drive) {
        return DriveTraits.atomicity(Drives.atomic(drive), blockShift);
    }

    @Test
    void aDriveThatSaysNothingPromisesABlockOfWhateverSize() {
        DriveAtomicity least = new DriveAtomicity(512, 512, 0, 0, 0);
        assertEquals(WriteAtomicity.BLOCK, atomicity(9, least));
        assertEquals(WriteAtomicity.BLOCK, atomicity(12, least));
    }

    @Test
    void whatItPromisesIsInTheBlocksOfHosts() {
        DriveAtomicity drive = new DriveAtomicity(32 * KIB, 16 * KIB, 0, 0, 0);
        assertEquals(new WriteAtomicity(64, 32, 0, 0, 0), atomicity(9, drive));
        assertEquals(new WriteAtomicity(8, 4, 0, 0, 0), atomicity(12, drive));
    }

    @Test
    void noMoreIsPromisedThanOneCommandCarries() {
        DriveAtomicity drive = new DriveAtomicity(1024 * KIB, 1024 * KIB, 0, 0, 0);
        assertEquals(new WriteAtomicity(128, 128, 0, 0, 0), atomicity(9, drive));
    }

    @Test
    void boundariesArePassedOnWithWhatTheyBound() {
        DriveAtomicity drive = new DriveAtomicity(32 * KIB, 8 * KIB, 64 * KIB, 16 * KIB, 4 * KIB);
        assertEquals(new WriteAtomicity(64, 16, 128, 32, 8), atomicity(9, drive));
        assertEquals(new WriteAtomicity(8, 2, 16, 4, 1), atomicity(12, drive));
        assertEquals(
                new WriteAtomicity(32, 16, 32, 32, 0),
                atomicity(9, new DriveAtomicity(32 * KIB, 8 * KIB, 16 * KIB, 16 * KIB, 0)),
                "what crosses one is promised nothing, so no more than lies between two");
    }

    @Test
    void boundariesThatMayBeWithinABlockOfHostsLeaveTheLeast() {
        assertEquals(
                WriteAtomicity.BLOCK, atomicity(12, new DriveAtomicity(32 * KIB, 8 * KIB, 64 * KIB, 64 * KIB, 512)));
        assertEquals(WriteAtomicity.BLOCK, atomicity(12, new DriveAtomicity(32 * KIB, 8 * KIB, 33 * KIB, 33 * KIB, 0)));
    }

    @Test
    void boundariesOfSingleBlocksDoNotMatter() {
        assertEquals(
                new WriteAtomicity(8, 1, 16, 0, 0),
                atomicity(12, new DriveAtomicity(32 * KIB, 512, 64 * KIB, 64 * KIB, 0)));
    }

    @Test
    void whatADriveIsFastestWithIsInTheBlocksOfHosts() {
        DriveGranularity drive = new DriveGranularity(16 * KIB, 64 * KIB, 128 * KIB, 256 * KIB);
        assertEquals(new Granularity(32, 128, 256, 512), DriveTraits.granularity(drive, 4 * KIB, 9));
        assertEquals(new Granularity(4, 16, 32, 64), DriveTraits.granularity(drive, 4 * KIB, 12));
        assertEquals(
                new Granularity(8, 8, 0, 0),
                DriveTraits.granularity(new DriveGranularity(0, 0, 0, 0), 4 * KIB, 9),
                "pages, where it says nothing");
        assertEquals(
                0,
                DriveTraits.granularity(new DriveGranularity(0, 0, 0, 6 * KIB), 4 * KIB, 12)
                        .boundary());
    }
}
