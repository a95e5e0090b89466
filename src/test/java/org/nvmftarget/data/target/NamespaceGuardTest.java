package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.data.reservation.Registrant;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.data.reservation.Reservations;
import org.nvmftarget.data.reservation.WriteProtection;

class NamespaceGuardTest {

    private static final ConnectData HOLDER = new ConnectData(1, 0, 1, "", "");
    private static final ConnectData OTHER = new ConnectData(1, 7, 1, "", "");

    private static NamespaceState state(WriteProtection protection, int registrants) {
        List<Registrant> list = new ArrayList<>();
        for (int i = 0; i < registrants; i++) {
            list.add(new Registrant(new HostId(1, i == 0 ? 0 : i + 100), 5));
        }
        Reservations reservations = registrants == 0
                ? Reservations.NONE
                : new Reservations(
                        list, ReservationType.EXCLUSIVE_ACCESS, list.getFirst().host(), false, 1);
        return new NamespaceState(reservations, 0, protection);
    }

    private static NamespaceGuard guard(WriteProtection protection, int registrants) {
        NamespaceGuard guard = NamespaceGuard.of(state(protection, registrants));
        assertNotNull(guard);
        return guard;
    }

    @Test
    void whatForbidsNothingIsNone() {
        assertNull(NamespaceGuard.of(NamespaceState.INITIAL));
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, NONE, 0, 0",
        "NONE, READ, 0, 0x4083",
        "NONE, WRITE, 0, 0x4083",
        "NONE, COPY, 0, 0x4083",
        "NONE, FLUSH, 0, 0x4083",
        "PROTECTED, NONE, 0, 0",
        "PROTECTED, READ, 0, 0x4083",
        "PROTECTED, WRITE, 0x4020, 0x4083",
        "PROTECTED, COPY, 0x4020, 0x4083",
        "PROTECTED, FLUSH, 0, 0x4083",
        "UNTIL_POWER_CYCLE, WRITE, 0x4020, 0x4083"
    })
    void theReservationIsAskedBeforeTheProtection(
            WriteProtection protection, IoAccess.Kind kind, String holder, String other) {
        NamespaceGuard guard = guard(protection, 1);
        assertEquals(Integer.decode(holder), guard.check(kind, HOLDER));
        assertEquals(Integer.decode(other), guard.check(kind, OTHER));
    }

    @Test
    void protectionAloneIsForEveryone() {
        NamespaceGuard guard = guard(WriteProtection.PROTECTED, 0);
        int refused = Status.NAMESPACE_IS_WRITE_PROTECTED | Status.DNR;
        assertEquals(refused, guard.check(IoAccess.Kind.WRITE, HOLDER));
        assertEquals(Status.SUCCESS, guard.check(IoAccess.Kind.READ, OTHER));
    }

    @Test
    void askingAllocatesNothing() {
        NamespaceGuard guard = guard(WriteProtection.PROTECTED, Reservations.MAX_REGISTRANTS);
        IoAccess.Kind[] kinds = IoAccess.Kind.values();
        ask(guard, kinds);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        int status = ask(guard, kinds);
        long after = threads.getCurrentThreadAllocatedBytes();
        assertEquals(before, after, "bytes allocated");
        assertEquals(Status.RESERVATION_CONFLICT | Status.DNR | Status.NAMESPACE_IS_WRITE_PROTECTED, status);
    }

    private static int ask(NamespaceGuard guard, IoAccess.Kind[] kinds) {
        int status = 0;
        for (int i = 0; i < 20_000; i++) {
            IoAccess.Kind kind = kinds[i % kinds.length];
            status |= guard.check(kind, HOLDER) | guard.check(kind, OTHER);
        }
        return status;
    }
}
