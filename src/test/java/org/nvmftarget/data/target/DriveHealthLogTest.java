package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.drive.DriveHealth;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.SmartLog;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Wire;

/** What drives say of their health, in the log of a controller that has namespaces on them. */
class DriveHealthLogTest {

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();

    private static DriveHealth health(String drive, int warnings, int kelvin, int spare, int used, long errors) {
        return new DriveHealth(drive, warnings, kelvin, new SmartLog.Wear(spare, 10, used), errors);
    }

    private String log(int nsid) {
        MemorySegment sqe = Sq.log(LogPage.SMART, 512, 0, true);
        Wire.putU32(sqe, Sqe.NSID, nsid);
        MemorySegment page = admin.read(sqe, 512).page();
        return "warnings %d kelvin %d spare %d/%d used %d errors %d"
                .formatted(
                        Wire.u8(page, 0),
                        Wire.u16(page, 1),
                        Wire.u8(page, 3),
                        Wire.u8(page, 4),
                        Wire.u8(page, 5),
                        Wire.u64(page, 160));
    }

    @Test
    void shouldBeNominalWithoutDrives() {
        assertEquals("warnings 0 kelvin 303 spare 100/10 used 0 errors 0", log(0));
    }

    @Test
    void shouldTakeDrivesTogether() {
        t.addSlowNamespace(2).health = health("a", 1, 310, 5, 90, 3);
        t.addSlowNamespace(3).health = health("b", 4 | 1 << 7, 325, 80, 101, 4);
        assertEquals("warnings 5 kelvin 325 spare 5/10 used 101 errors 7", log(0xFFFF_FFFF));
        assertEquals("warnings 1 kelvin 310 spare 5/10 used 90 errors 3", log(2));
        assertEquals("warnings 0 kelvin 303 spare 100/10 used 0 errors 0", log(1), "of memory");
    }

    @Test
    void shouldCountADriveWithTwoNamespacesOnce() {
        t.addSlowNamespace(2).health = health("a", 0, 310, 100, 1, 3);
        t.addSlowNamespace(3).health = health("a", 0, 310, 100, 1, 3);
        assertEquals("warnings 0 kelvin 310 spare 100/10 used 1 errors 3", log(0));
    }

    @Test
    void shouldWarnOfADriveThatIsWarmerThanTheHostsThreshold() {
        SlowBdev drive = t.addSlowNamespace(2);
        drive.health = health("a", 0, TemperatureThresholds.WARNING_KELVIN - 1, 100, 0, 0);
        assertEquals(
                0, Wire.u8(admin.read(Sq.log(LogPage.SMART, 512, 0, true), 512).page(), 0));
        drive.health = health("a", 0, TemperatureThresholds.WARNING_KELVIN, 100, 0, 0);
        assertEquals(
                2, Wire.u8(admin.read(Sq.log(LogPage.SMART, 512, 0, true), 512).page(), 0));
    }
}
