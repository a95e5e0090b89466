package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestHost.ok;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nsid;

/** Whom a reservation lets do what, on every reactor and queue. */
class ReservationAccessTest {

    private static final int CONFLICT = Status.RESERVATION_CONFLICT | Status.DNR;
    private static final ReservationType WE = ReservationType.WRITE_EXCLUSIVE;
    private static final ReservationType EA = ReservationType.EXCLUSIVE_ACCESS;

    private static final int[] READS = {Opcode.READ, Opcode.COMPARE, Opcode.VERIFY};
    private static final int[] WRITES = {
        Opcode.WRITE,
        Opcode.WRITE_ZEROES,
        Opcode.WRITE_UNCORRECTABLE,
        Opcode.DATASET_MANAGEMENT,
        Opcode.COPY,
        Opcode.FLUSH
    };

    private final TestTarget t = TestTarget.serving();
    private final TestHost a = TestHost.of(t, 1, 0);
    private final TestHost b = TestHost.of(t, 2, 1);

    @ParameterizedTest
    @CsvSource({
        // type, as registrant: read, write; as none: read, write
        "1, true, false, true, false",
        "2, false, false, false, false",
        "3, true, true, true, false",
        "4, true, true, false, false",
        "5, true, true, true, false",
        "6, true, true, false, false"
    })
    void aReservationHoldsOnEveryReactor(int type, boolean read, boolean write, boolean readNone, boolean writeNone) {
        TestHost none = TestHost.of(t, 3, 1);
        ok(a.register(1));
        ok(b.register(2));
        ok(a.acquire(java.util.Objects.requireNonNull(ReservationType.of(type)), 1));
        for (int opcode : READS) {
            ok(a.io(opcode));
            assertEquals(read ? 0 : CONFLICT, b.io(opcode).status(), () -> "opcode " + opcode);
            assertEquals(readNone ? 0 : CONFLICT, none.io(opcode).status(), () -> "opcode " + opcode);
        }
        for (int opcode : WRITES) {
            ok(a.io(opcode));
            assertEquals(write ? 0 : CONFLICT, b.io(opcode).status(), () -> "opcode " + opcode);
            assertEquals(writeNone ? 0 : CONFLICT, none.io(opcode).status(), () -> "opcode " + opcode);
        }
    }

    @Test
    void fusedCommandsAreCheckedEach() {
        ok(a.register(1));
        ok(a.acquire(WE, 1));
        assertEquals("0 " + CONFLICT, compareAndWrite(b));
        assertEquals("0 0", compareAndWrite(a));
        ok(a.release(WE, 1));
        ok(a.acquire(EA, 1));
        assertEquals(CONFLICT + " " + Status.ABORTED_FAILED_FUSED, compareAndWrite(b));
        assertEquals("0 0", compareAndWrite(a));
    }

    /** The status of either. */
    private static String compareAndWrite(TestHost host) {
        MemorySegment compare = Sq.io(Opcode.COMPARE, 1, 0, 1);
        Wire.putU8(compare, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | Sqe.FUSE_FIRST);
        MemorySegment write = Sq.io(Opcode.WRITE, 1, 0, 1);
        Wire.putU8(write, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | Sqe.FUSE_SECOND);
        TestRequest first = host.io.write(compare, new byte[TestTarget.BLOCK]);
        TestRequest second = host.io.write(write, new byte[TestTarget.BLOCK]);
        return first.status() + " " + second.status();
    }

    @Test
    void whatWasSentBeforeIsCheckedWhenItsDataAreThere() {
        TestRequest write =
                new TestRequest(Sq.withCid(Sq.io(Opcode.WRITE, 1, 0, 1), 7), new byte[TestTarget.BLOCK], b.io);
        write.start(TestTarget.BLOCK, 0);
        assertTrue(b.io.pair().receive(write));
        ok(a.register(1));
        ok(a.acquire(WE, 1));
        write.buffer();
        b.io.pair().execute(write);
        assertEquals(CONFLICT, write.status());
    }

    @Test
    void bothControllersOfAHostAreOneRegistrant() {
        TestHost second = TestHost.of(t, 1, 1);
        ok(a.register(1));
        ok(second.acquire(EA, 1));
        ok(a.write());
        ok(second.write());
        assertEquals(CONFLICT, b.read().status());
        assertEquals("01000000" + "02" + "0100", a.report(1, 64).substring(0, 14));
    }

    @Test
    void aRegistrationOutlivesTheConnection() {
        ok(a.register(1));
        ok(a.acquire(EA, 1));
        a.disconnect();
        assertEquals(CONFLICT, b.read().status());
        ok(TestHost.of(t, 1, 1).write());
    }

    @Test
    void reservingIsNoChangeOfTheNamespace() {
        TestRequest event = b.eventRequest();
        ok(a.register(1));
        ok(a.acquire(EA, 1));
        assertFalse(event.isAnswered());
    }

    @Test
    void theLiveStateSaysWhoHoldsWhat() {
        assertEquals(Map.of(), reserved());
        ok(a.register(1));
        ok(b.register(2));
        assertEquals(Map.of(), reserved());
        ok(b.acquire(EA, 2));
        String first = "00000000000000a00000000000000001";
        String second = "00000000000000a00000000000000002";
        assertEquals(Map.of(new Nsid(1), new LiveState.Reservation("exclusive_access", List.of(second))), reserved());
        ok(b.release(EA, 2));
        ok(a.acquire(ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS, 1));
        assertEquals(
                Map.of(
                        new Nsid(1),
                        new LiveState.Reservation("write_exclusive_all_registrants", List.of(first, second))),
                reserved());
    }

    private Map<Nsid, LiveState.Reservation> reserved() {
        LiveState.Subsystem live = t.target.snapshot().subsystems().get(TestTarget.NQN);
        return live == null ? Map.of() : live.reservations();
    }
}
