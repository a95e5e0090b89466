package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.bdev.BdevOp;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Reservation;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/** Features 82h, 83h and 84h, and what of them outlives the target. */
class NamespaceFeaturesTest {

    private static final int MASK = Feature.RESERVATION_NOTIFICATION_MASK;
    private static final int PERSISTENCE = Feature.RESERVATION_PERSISTENCE;
    private static final int PROTECTION = Feature.NAMESPACE_WRITE_PROTECTION;
    private static final int INVALID_FIELD = Status.INVALID_FIELD | Status.DNR;
    private static final int INVALID_NAMESPACE = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
    private static final int PROTECTED = Status.NAMESPACE_IS_WRITE_PROTECTED | Status.DNR;
    private static final int CONFLICT = Status.RESERVATION_CONFLICT | Status.DNR;
    private static final ReservationType EA = ReservationType.EXCLUSIVE_ACCESS;
    private static final int SET_PTPL = Reservation.PTPL_SET << 30;

    private final MemoryStore store = new MemoryStore();
    private TestTarget t = new TestTarget(0, store);
    private TestHost a;
    private TestHost b;

    NamespaceFeaturesTest() {
        t.declare();
        a = host(1);
        b = host(2);
    }

    private TestHost host(int id) {
        return new TestHost(t, new HostId(0xA0, id), id % 2);
    }

    private void restart() {
        t.target.stop(TestTarget.TIMEOUT);
        t = new TestTarget(100, store);
        t.declare();
        a = host(1);
        b = host(2);
    }

    private static void ok(TestRequest r) {
        assertEquals(0, r.status());
    }

    private int get(int fid, int nsid) {
        TestRequest r = b.getFeature(fid, nsid);
        ok(r);
        return r.dw0();
    }

    @ParameterizedTest
    @CsvSource({"0x82, 0x0E", "0x83, 0x01", "0x84, 0x01", "0x84, 0x02"})
    void aNamespacesFeatureIsTheSameForEveryController(String fid, String value) {
        int id = Integer.decode(fid);
        assertEquals(0, get(id, 1));
        ok(a.setFeature(id, 1, Integer.decode(value)));
        assertEquals(Integer.decode(value), get(id, 1));
        a.disconnect();
        assertEquals(Integer.decode(value), get(id, 1));
    }

    @ParameterizedTest
    @CsvSource({"0x82, 0x01", "0x82, 0x10", "0x83, 0x02", "0x84, 0x03", "0x84, 0x04", "0x84, 0x09"})
    void aReservedOrUnsupportedValueIsInvalid(String fid, String value) {
        assertEquals(
                INVALID_FIELD,
                a.setFeature(Integer.decode(fid), 1, Integer.decode(value)).status());
    }

    @Test
    void aNamespaceMustBeThere() {
        for (int fid = MASK; fid <= PROTECTION; fid++) {
            assertEquals(INVALID_NAMESPACE, a.setFeature(fid, 9, 0).status());
            assertEquals(INVALID_NAMESPACE, a.setFeature(fid, 0, 0).status());
            assertEquals(INVALID_NAMESPACE, a.getFeature(fid, 9).status());
            assertEquals(INVALID_FIELD, a.getFeature(fid, Nsid.BROADCAST).status());
        }
        assertEquals(
                INVALID_NAMESPACE, a.setFeature(PROTECTION, Nsid.BROADCAST, 1).status());
    }

    @Test
    void allNamespacesAtOnce() {
        t.addSlowNamespace(2);
        ok(a.setFeature(MASK, Nsid.BROADCAST, 6));
        ok(a.setFeature(PERSISTENCE, Nsid.BROADCAST, 1));
        assertEquals(6, get(MASK, 1));
        assertEquals(6, get(MASK, 2));
        assertEquals(1, get(PERSISTENCE, 1));
        assertEquals(1, get(PERSISTENCE, 2));
    }

    @Test
    void theyAreChangeableAndOfANamespace() {
        TestRequest capabilities =
                a.admin.send(Sq.admin(Opcode.GET_FEATURES, 1, PROTECTION | Feature.SELECT_CAPABILITIES << 8, 0));
        assertEquals(6, capabilities.dw0());
        ok(a.setFeature(MASK, 1, 2));
        TestRequest byDefault = a.admin.send(Sq.admin(Opcode.GET_FEATURES, 1, MASK | Feature.SELECT_DEFAULT << 8, 0));
        assertEquals(0, byDefault.dw0());
        TestRequest saved = a.admin.send(Sq.admin(Opcode.SET_FEATURES, 1, MASK | Feature.SAVE, 2));
        assertEquals(Status.FEATURE_NOT_SAVEABLE | Status.DNR, saved.status());
    }

    // Write protection

    @Test
    void aWriteProtectedNamespaceIsRead() {
        ok(a.setFeature(PROTECTION, 1, 1));
        for (TestHost host : new TestHost[] {a, b}) {
            for (int opcode : new int[] {
                Opcode.WRITE, Opcode.WRITE_ZEROES, Opcode.WRITE_UNCORRECTABLE, Opcode.DATASET_MANAGEMENT, Opcode.COPY
            }) {
                assertEquals(PROTECTED, host.io(opcode).status(), () -> "opcode " + opcode);
            }
            for (int opcode : new int[] {Opcode.READ, Opcode.COMPARE, Opcode.VERIFY, Opcode.FLUSH}) {
                ok(host.io(opcode));
            }
            ok(host.register(7));
        }
        ok(b.setFeature(PROTECTION, 1, 0));
        ok(a.write());
    }

    @Test
    void protectingIsAChangeThatHostsSee() {
        TestRequest event = b.eventRequest();
        ok(a.setFeature(PROTECTION, 1, 1));
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, event.dw0());
        MemorySegment page = b.admin
                .read(Sq.identify(Identify.CNS_NAMESPACE, 1), Identify.BYTES)
                .page();
        assertEquals(1, Wire.u8(page, 99));
        assertEquals(0xFF, Wire.u8(page, 31), "RESCAP with PTPL");
        MemorySegment independent = b.admin
                .read(Sq.identify(Identify.CNS_INDEPENDENT_NAMESPACE, 1), Identify.BYTES)
                .page();
        assertEquals(1, Wire.u8(independent, 8));
        assertEquals(0xFF, Wire.u8(independent, 2));
    }

    @Test
    void whatWasWrittenBeforeIsStableFirst() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestRequest write = b.writeZeroes(2);
        TestRequest protect = a.setFeature(PROTECTION, 2, 1);
        assertFalse(protect.isAnswered());
        assertEquals(PROTECTED, b.writeZeroes(2).status());
        slow.completeOne(BdevStatus.OK);
        ok(write);
        t.settle();
        assertFalse(protect.isAnswered());
        assertEquals(BdevOp.FLUSH, slow.working.getFirst().op());
        slow.completeOne(BdevStatus.OK);
        ok(protect);
    }

    @Test
    void aNamespaceThatGoesMeanwhileEndsTheCommand() {
        t.helpersRun = false;
        TestRequest protect = a.setFeature(PROTECTION, 1, 1);
        t.helpersRun = true;
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        assertEquals(INVALID_NAMESPACE, protect.status());
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(1, "disk0")));
        ok(a.write());
    }

    @Test
    void untilThePowerCycleMeansUntilThen() {
        ok(a.setFeature(PROTECTION, 1, 2));
        ok(a.setFeature(PROTECTION, 1, 2));
        int fixed = Status.FEATURE_NOT_CHANGEABLE | Status.DNR;
        assertEquals(fixed, a.setFeature(PROTECTION, 1, 0).status());
        assertEquals(fixed, a.setFeature(PROTECTION, 1, 1).status());
        restart();
        ok(a.write());
        assertEquals(0, get(PROTECTION, 1));
    }

    @Test
    void protectionOutlivesThePowerCycle() {
        ok(a.setFeature(PROTECTION, 1, 1));
        restart();
        assertEquals(PROTECTED, a.write().status());
        ok(a.setFeature(PROTECTION, 1, 0));
        restart();
        ok(a.write());
    }

    // Persistence

    @Test
    void withoutPtplNothingOutlivesThePowerCycle() {
        ok(a.register(1));
        ok(a.acquire(EA, 1));
        assertEquals(0, store.saves, "nothing to keep, nothing written");
        restart();
        ok(b.write());
        assertEquals("00".repeat(64), a.report(1, 64));
    }

    @Test
    void withPtplAllIsThereAgain() {
        ok(a.register(1, SET_PTPL, 0, 0x11));
        ok(b.register(0x22));
        ok(a.acquire(EA, 0x11));
        ok(a.setFeature(MASK, 1, 2));
        String before = a.report(1, 256);
        restart();
        assertEquals(before, a.report(1, 256));
        assertEquals(CONFLICT, b.write().status());
        ok(a.write());
        assertEquals(0, get(MASK, 1));
        ok(b.acquire(1, Reservation.PREEMPT, EA, 0x22, 0x11));
        restart();
        assertEquals(CONFLICT, a.write().status());
        ok(b.write());
    }

    @Test
    void ptplThatIsTakenBackForgets() {
        ok(a.register(1, SET_PTPL, 0, 0x11));
        assertEquals(1, get(PERSISTENCE, 1));
        ok(b.setFeature(PERSISTENCE, 1, 0));
        ok(a.acquire(EA, 0x11));
        restart();
        ok(b.write());
        assertEquals(0, get(PERSISTENCE, 1));
    }

    @Test
    void ptplByTheFeatureKeepsWhatIsThereAlready() {
        ok(a.register(0x11));
        ok(a.acquire(EA, 0x11));
        ok(a.setFeature(PERSISTENCE, 1, 1));
        restart();
        assertEquals(CONFLICT, b.write().status());
        assertEquals(1, get(PERSISTENCE, 1));
    }

    @Test
    void whatCannotBeKeptDoesNotHappen() {
        ok(a.register(1, SET_PTPL, 0, 0x11));
        String before = a.report(1, 128);
        store.fails = true;
        assertEquals(Status.INTERNAL_ERROR, a.acquire(EA, 0x11).status());
        assertEquals(Status.INTERNAL_ERROR, b.register(0x22).status());
        assertEquals(Status.INTERNAL_ERROR, a.setFeature(PROTECTION, 1, 1).status());
        assertEquals(before, a.report(1, 128));
        ok(b.write());
        store.fails = false;
        ok(a.acquire(EA, 0x11));
        assertEquals(CONFLICT, b.write().status());
    }

    @Test
    void aNamespaceThatComesBackIsTheSame() {
        ok(a.register(1, SET_PTPL, 0, 0x11));
        ok(a.acquire(EA, 0x11));
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(1, "disk0")));
        assertEquals(CONFLICT, b.write().status());
        ok(a.write());
    }

    @Test
    void anotherNamespaceUnderTheNsidInheritsNothing() {
        ok(a.register(1, SET_PTPL, 0, 0x11));
        ok(a.acquire(EA, 0x11));
        ok(a.setFeature(PROTECTION, 1, 1));
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        NamespaceSpec known = TestTarget.namespace(1, "disk0");
        UUID other = Identity.bdevUuid("malloc", "other", "");
        t.done(new Step.AddNamespace(
                TestTarget.NQN,
                new NamespaceSpec(known.nsid(), "disk0", other, Identity.nguid(other), Optional.empty())));
        ok(b.write());
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        t.done(new Step.CreateBdev(TestTarget.malloc("disk1", 1024)));
        t.done(new Step.AddNamespace(
                TestTarget.NQN,
                new NamespaceSpec(known.nsid(), "disk1", known.uuid(), known.nguid(), Optional.empty())));
        ok(b.write());
        assertEquals("00".repeat(64), a.report(1, 64));
    }

    @Test
    void aNamespaceThatGoesBetweenKeepingAndPublishingKeepsWhatItHad() {
        ok(a.register(1, SET_PTPL, 0, 0x11));
        String before = a.report(1, 128);
        t.helpersRun = false;
        TestRequest acquire = a.acquire(EA, 0x11);
        t.helpersRun = true;
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        assertEquals(INVALID_NAMESPACE, acquire.status());
        assertEquals(3, store.saves);
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(1, "disk0")));
        ok(b.write());
        assertEquals(before, a.report(1, 128));
    }
}
