package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.target.TestHost.ok;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.data.reservation.ReservationType;

/** Reservation Report. */
class ReservationReportTest {

    private static final int INVALID_FIELD = Status.INVALID_FIELD | Status.DNR;
    private static final int INVALID_NAMESPACE = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
    private static final ReservationType WERO = ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;

    private final TestTarget t = TestTarget.serving();
    private final TestHost a = TestHost.of(t, 1, 0);
    private final TestHost b = TestHost.of(t, 2, 1);

    @Test
    void aReportNamesRegistrantsAndHolder() {
        assertEquals("00".repeat(64), a.report(1, 64));
        ok(a.register(0x1111));
        ok(b.register(0x2222));
        ok(b.acquire(WERO, 0x2222));
        String header = "02000000" + "03" + "0200" + "0000" + "00" + "00".repeat(54);
        String first = "ffff" + "00" + "0000000000" + "1111000000000000" + "00000000000000a0" + "0000000000000001"
                + "00".repeat(32);
        String second = "ffff" + "01" + "0000000000" + "2222000000000000" + "00000000000000a0" + "0000000000000002"
                + "00".repeat(32);
        assertEquals(header + first + second + "00".repeat(64), a.report(1, 256));
        assertEquals(header.substring(0, 32), b.report(1, 16), "cut off where the host wants less");
        assertEquals(header + first.substring(0, 8), a.report(1, 68));
    }

    @Test
    void aReportWithoutTheExtendedStructureHasNoRoomForTheIdentifiers() {
        assertEquals(
                Status.HOSTID_INCONSISTENT_FORMAT | Status.DNR,
                a.io.read(Sq.reservationReport(1, 64, false), 64).status());
    }

    @Test
    void aReportHasTheLengthThatItsCommandSays() {
        assertEquals(
                Status.DATA_SGL_LENGTH_INVALID | Status.DNR,
                a.io.read(Sq.reservationReport(1, 64, true), 128).status());
        MemorySegment huge = Sq.reservationReport(1, 64, true);
        Wire.putU32(huge, Sqe.CDW10, -1);
        assertEquals(INVALID_FIELD, a.io.read(huge, 64).status());
        assertEquals(
                INVALID_NAMESPACE,
                a.io.read(Sq.reservationReport(2, 64, true), 64).status());
    }
}
