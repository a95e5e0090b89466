package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the statuses of a drive become, by type and code as in NVMe Base specification 2.0, section 3.3.3.2.1. */
class DriveStatusTest {

    private static final int DNR = 1 << 14;

    @ParameterizedTest
    @CsvSource({
        "0x080, OUT_OF_RANGE",
        "0x081, NO_SPACE",
        "0x020, READ_ONLY",
        "0x182, READ_ONLY",
        "0x082, NOT_READY",
        "0x084, NOT_READY",
        "0x01D, NOT_READY",
        "0x083, RESERVED",
        "0x280, IO_ERROR",
        "0x281, IO_ERROR",
        "0x285, MISCOMPARE",
        "0x286, ACCESS_DENIED",
        "0x287, UNMAPPED",
        "0x00B, GONE",
        "0x300, GONE",
        "0x370, GONE",
        "0x371, GONE",
        "0x001, FAILED",
        "0x006, FAILED",
        "0x004, FAILED",
        "0x3F, FAILED",
        "0x7C1, FAILED",
    })
    void shouldSayWhatTheDriveSays(String status, BdevStatus expected) {
        int code = Integer.decode(status);
        assertEquals(expected, DriveStatus.of(code, false, BdevOp.READ));
        assertEquals(expected, DriveStatus.of(code | 1 << 13, false, BdevOp.READ), "with More");
        if (code != 0x281) {
            assertEquals(expected, DriveStatus.of(code | DNR, true, BdevOp.WRITE), "not to be retried");
        }
    }

    @Test
    void shouldTellAReadThatIsLostForGood() {
        assertEquals(BdevStatus.UNREADABLE, DriveStatus.of(0x281 | DNR, false, BdevOp.READ));
        assertEquals(BdevStatus.UNREADABLE, DriveStatus.of(0x281, false, BdevOp.COMPARE_AND_WRITE));
        assertEquals(BdevStatus.IO_ERROR, DriveStatus.of(0x280, true, BdevOp.COMPARE_AND_WRITE));
    }

    @Test
    void shouldAskAgainOnlyWhereTheDriveAsksForIt() {
        assertTrue(DriveStatus.isTransient(0x021));
        assertTrue(DriveStatus.isTransient(0x007));
        assertFalse(DriveStatus.isTransient(0x021 | DNR));
        assertFalse(DriveStatus.isTransient(0x006));
        assertFalse(DriveStatus.isTransient(0x281));
    }
}
