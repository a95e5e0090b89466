package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Reservation;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/** Reservation commands of several hosts, on two reactors. */
class ReservationCommandsTest {

    private static final int CONFLICT = Status.RESERVATION_CONFLICT | Status.DNR;
    private static final int INVALID_FIELD = Status.INVALID_FIELD | Status.DNR;
    private static final int INVALID_NAMESPACE = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
    private static final ReservationType WE = ReservationType.WRITE_EXCLUSIVE;
    private static final ReservationType EA = ReservationType.EXCLUSIVE_ACCESS;
    private static final ReservationType WERO = ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;

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
    private final TestHost a = host(1, 0);
    private final TestHost b = host(2, 1);

    private TestHost host(int id, int reactor) {
        return new TestHost(t, new HostId(0xA0, id), reactor);
    }

    private static void ok(TestRequest r) {
        assertEquals(0, r.status());
    }

    // Access

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
        TestHost none = host(3, 1);
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
        TestHost second = host(1, 1);
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
        ok(host(1, 1).write());
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

    // Fields

    @ParameterizedTest
    @CsvSource({
        "13, 0x00000003", // RREGA
        "13, 0x40000000", // CPTPL
        "13, 0xC0000000", // PTPL, of a target that keeps nothing
        "17, 0x00000103", // RACQA
        "17, 0x00000000", // RTYPE
        "17, 0x00000700", // RTYPE
        "17, 0x00000108", // IEKEY
        "21, 0x00000102", // RRELA
        "21, 0x00000000", // RTYPE
        "21, 0x00000108" // IEKEY
    })
    void aReservedValueIsInvalid(int opcode, String cdw10) {
        ok(a.register(1));
        assertEquals(
                INVALID_FIELD,
                a.keys(opcode, 1, Long.decode(cdw10).intValue(), 1, 1).status());
    }

    @ParameterizedTest
    @CsvSource({"13", "17", "21"})
    void aNamespaceThatIsNotThereHasNoReservations(int opcode) {
        assertEquals(INVALID_NAMESPACE, a.keys(opcode, 9, 0x100, 1, 1).status());
        assertEquals(
                INVALID_NAMESPACE, a.keys(opcode, Nsid.BROADCAST, 0x100, 1, 1).status());
    }

    @Test
    void keysNeedTheirBytesAndMayHaveMore() {
        int wrong = Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        assertEquals(
                wrong,
                a.io.write(Sq.reservation(Opcode.RESERVATION_REGISTER, 1, 0), new byte[8])
                        .status());
        assertEquals(
                wrong,
                a.io.write(Sq.reservation(Opcode.RESERVATION_ACQUIRE, 1, 0x100), new byte[15])
                        .status());
        assertEquals(
                wrong,
                a.io.write(Sq.reservation(Opcode.RESERVATION_RELEASE, 1, 0x100), new byte[4])
                        .status());
        ok(a.register(1));
        byte[] key = {1, 0, 0, 0, 0, 0, 0, 0};
        TestRequest release = a.io.write(Sq.reservation(Opcode.RESERVATION_RELEASE, 1, 0x100), key);
        t.settle();
        ok(release);
    }

    @Test
    void anUndefinedCommandIsNoReservationCommand() {
        assertEquals(
                Status.INVALID_OPCODE | Status.DNR,
                a.io.send(Sq.command(0x12, 1)).status());
    }

    // Report

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

    // Preempt and Abort

    @Test
    void preemptAndAbortEndsWhatIsHeldAndWaitsForWhatIsUnderWay() {
        SlowBdev slow = t.addSlowNamespace(2);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        TestRequest underWay = b.writeZeroes(2);
        TestRequest elsewhere = b.read();
        assertTrue(elsewhere.isAnswered());
        TestRequest abort = a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        assertFalse(abort.isAnswered());
        assertEquals(0, b.read().status(), "another namespace is not concerned");
        slow.completeOne(BdevStatus.OK);
        t.settle();
        ok(underWay);
        ok(abort);
    }

    @Test
    void preemptAndAbortDoesNotWaitForOthers() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestHost c = host(3, 1);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        ok(c.register(2, Reservation.REGISTER, 0, 3));
        TestRequest others = c.writeZeroes(2);
        ok(a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2));
        assertFalse(others.isAnswered());
        slow.completeAll();
    }

    @Test
    void preemptAloneWaitsForNothing() {
        SlowBdev slow = t.addSlowNamespace(2);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        TestRequest underWay = b.writeZeroes(2);
        ok(a.acquire(2, Reservation.PREEMPT, WE, 1, 2));
        assertFalse(underWay.isAnswered());
        slow.completeAll();
    }

    @Test
    void twoPreemptAndAbortsMayWaitForOneCommand() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestHost c = host(3, 0);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        ok(c.register(2, Reservation.REGISTER, 0, 3));
        TestRequest underWay = b.writeZeroes(2);
        TestRequest first = a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        TestRequest second = c.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 3, 2);
        assertFalse(first.isAnswered() || second.isAnswered());
        slow.completeAll();
        t.settle();
        ok(underWay);
        ok(first);
        ok(second);
    }

    @Test
    void hostsThatAbortEachOtherOnTwoNamespacesDoNotWaitForEachOther() {
        SlowBdev slow = t.addSlowNamespace(2);
        for (int nsid = 1; nsid <= 2; nsid++) {
            ok(a.register(nsid, Reservation.REGISTER, 0, 1));
            ok(b.register(nsid, Reservation.REGISTER, 0, 2));
        }
        TestRequest underWay = b.writeZeroes(2);
        TestRequest waits = a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        ok(b.acquire(1, Reservation.PREEMPT_AND_ABORT, WE, 2, 1));
        slow.completeAll();
        t.settle();
        ok(underWay);
        ok(waits);
    }

    @Test
    void preemptAndAbortEndsWhatAPauseHolds() {
        ok(a.register(1));
        ok(b.register(2));
        t.helpersRun = false;
        TestRequest abort = a.acquire(1, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        t.pause(1);
        TestRequest held = b.read();
        TestRequest others = a.read();
        t.helpersRun = true;
        t.settle();
        ok(abort);
        assertEquals(Status.ABORTED_PREEMPT_AND_ABORT, held.status());
        assertFalse(others.isAnswered());
        t.resume();
        ok(others);
    }

    @Test
    void aPauseOfAdminCommandsLetsReservationCommandsRun() {
        t.pause();
        ok(a.register(1));
        ok(a.acquire(EA, 1));
        assertEquals(CONFLICT, b.read().status());
        t.resume();
    }

    // Pauses, removal, teardown

    @Test
    void aPauseOfTheNamespaceHoldsReservationCommands() {
        ok(a.register(1));
        t.pause(1);
        TestRequest held = a.acquire(EA, 1);
        TestRequest alsoHeld = b.read();
        assertFalse(held.isAnswered() || alsoHeld.isAnswered());
        t.resume();
        t.settle();
        ok(held);
        assertTrue(alsoHeld.isAnswered());
        assertEquals(CONFLICT, b.read().status());
    }

    @Test
    void aRemovedNamespaceTakesItsReservationsAlong() {
        ok(a.register(1));
        ok(a.acquire(EA, 1));
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        assertEquals(INVALID_NAMESPACE, a.release(EA, 1).status());
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(1, "disk0")));
        ok(b.write());
        assertEquals("00".repeat(64), a.report(1, 64));
    }

    @Test
    void aCommandUnderWayWhenItsNamespaceGoesEndsOnce() {
        byte[] keys = new byte[16];
        keys[8] = 1;
        TestRequest register = a.io.write(Sq.reservation(Opcode.RESERVATION_REGISTER, 1, 0), keys);
        assertFalse(register.isAnswered());
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        t.settle();
        assertTrue(register.status() == 0 || register.status() == INVALID_NAMESPACE);
    }

    @Test
    void aQueueThatGoesWaitsForItsCommand() {
        byte[] keys = new byte[16];
        keys[8] = 1;
        TestRequest register = a.io.write(Sq.reservation(Opcode.RESERVATION_REGISTER, 1, 0), keys);
        a.io.drop();
        assertFalse(register.isAnswered());
        t.settle();
        ok(register);
        assertEquals("01000000" + "00" + "0100", b.report(1, 64).substring(0, 14));
    }

    @Test
    void aSubsystemIsRemovedBehindItsCommands() {
        byte[] keys = new byte[16];
        keys[8] = 1;
        TestRequest register = a.io.write(Sq.reservation(Opcode.RESERVATION_REGISTER, 1, 0), keys);
        t.done(new Step.RemoveSubsystem(TestTarget.NQN));
        ok(register);
        assertTrue(t.controllers().isEmpty());
    }

    @Test
    void aTargetStopsBehindItsCommands() {
        SlowBdev slow = t.addSlowNamespace(2);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        TestRequest underWay = b.writeZeroes(2);
        TestRequest abort = a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        t.helpersRun = false;
        TestRequest register = a.register(7);
        slow.completeAll();
        t.helpersRun = true;
        t.target.stop(TestTarget.TIMEOUT);
        ok(underWay);
        ok(abort);
        ok(register);
        assertTrue(slow.closed);
    }

    @Test
    void aResizeWhileACommandIsUnderWayKeepsWhatItReserves() {
        ok(a.register(1));
        t.helpersRun = false;
        TestRequest acquire = a.acquire(EA, 1);
        t.apply(new Step.ResizeBdev("disk0", 512L * TestTarget.BLOCK));
        t.helpersRun = true;
        t.settle();
        ok(acquire);
        t.done(new Step.ResizeBdev("disk0", 2048L * TestTarget.BLOCK));
        assertEquals(CONFLICT, b.read().status());
        ok(a.read());
    }

    @Test
    void aStepInBetweenKeepsWhatIsReserved() {
        ok(a.register(1));
        ok(a.acquire(EA, 1));
        t.done(new Step.AddListener(TestTarget.NQN, TestTarget.OTHER_ADDRESS));
        t.done(new Step.ResizeBdev("disk0", 2048L * TestTarget.BLOCK));
        t.done(new Step.ResizeBdev("disk0", 512L * TestTarget.BLOCK));
        t.pause(1);
        t.resume();
        assertEquals(CONFLICT, b.read().status());
    }

    // Notifications

    @Test
    void whoLosesHisRegistrationIsTold() {
        TestHost c = host(3, 1);
        ok(a.register(1));
        ok(b.register(2));
        ok(c.register(3));
        TestRequest event = b.eventRequest();
        TestRequest none = c.eventRequest();
        ok(a.acquire(1, Reservation.PREEMPT, WE, 1, 2));
        assertEquals(AsyncEvent.RESERVATION_LOG_AVAILABLE, event.dw0());
        assertFalse(none.isAnswered());
        assertEquals("1 1 0 1", b.notification(false));
        assertEquals("0 0 0 0", b.notification(false));
        assertEquals("0 0 0 0", c.notification(false));
    }

    @Test
    void everyControllerOfTheHostIsToldAndNotTheOneThatDidIt() {
        TestHost second = host(2, 0);
        ok(a.register(1));
        ok(b.register(2));
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertEquals("1 2 0 1", b.notification(false));
        assertEquals("1 2 0 1", second.notification(false));
        assertEquals("0 0 0 0", a.notification(false));
        ok(a.clear(1));
        assertEquals("2 3 0 1", b.notification(false));
    }

    @Test
    void theLogIsReadFromItsOldestOn() {
        ok(a.register(1));
        ok(b.register(2));
        for (int i = 0; i < 3; i++) {
            ok(a.acquire(WERO, 1));
            ok(a.release(WERO, 1));
        }
        assertEquals("1 2 2 1", b.notification(true));
        assertEquals("1 2 2 1", b.notification(false));
        assertEquals("2 2 1 1", b.notification(false));
        assertEquals("3 2 0 1", b.notification(false));
        assertEquals("0 0 0 0", b.notification(false));
    }

    @Test
    void theEventComesAgainOnlyAfterTheLogWasRead() {
        ok(a.register(1));
        ok(b.register(2));
        TestRequest first = b.eventRequest();
        TestRequest second = b.eventRequest();
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertTrue(first.isAnswered());
        b.notification(true);
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertFalse(second.isAnswered());
        b.notification(false);
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertTrue(second.isAnswered());
    }

    @Test
    void whatTheLogHasNoRoomForLeavesAGap() {
        ok(a.register(1));
        ok(b.register(2));
        for (int i = 0; i < 257; i++) {
            ok(a.acquire(WERO, 1));
            ok(a.release(WERO, 1));
        }
        assertEquals("1 2 254 1", b.notification(false));
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        for (int i = 2; i <= 255; i++) {
            assertEquals(i + " 2 " + (256 - i) + " 1", b.notification(false));
        }
        assertEquals("258 2 0 1", b.notification(false));
    }

    @Test
    void whatIsMaskedComesToNoOne() {
        ok(a.register(1));
        ok(b.register(2));
        ok(b.setFeature(Feature.RESERVATION_NOTIFICATION_MASK, 1, 1 << 2));
        assertEquals(
                1 << 2, a.getFeature(Feature.RESERVATION_NOTIFICATION_MASK, 1).dw0());
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertEquals("0 0 0 0", b.notification(false));
        ok(a.clear(1));
        assertEquals("1 3 0 1", b.notification(false));
    }
}
