package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.BLOCK;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;

/** Namespace 1 may begin 100 operations in a second: after the first, one every 10 ms. */
class LimitedNamespaceTest {

    private static final Duration TURN = Duration.ofMillis(10);
    private static final BdevLimits SLOW = new BdevLimits(100, 0, 0, 0, 0, 0);

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();
    private final TestQueue io = t.io(admin, 1, 1);

    LimitedNamespaceTest() {
        limit(SLOW);
    }

    private void limit(BdevLimits limits) {
        t.done(new Step.SetBdevLimits("disk0", limits));
        t.settle();
    }

    private TestRequest read(TestQueue queue) {
        return queue.read(Sq.io(Opcode.READ, 1, 0, 1), BLOCK);
    }

    private List<TestRequest> reads(int count) {
        List<TestRequest> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(read(io));
        }
        t.settle();
        return all;
    }

    private static int answered(List<TestRequest> all) {
        return (int) all.stream().filter(TestRequest::isAnswered).count();
    }

    private BdevSpec live() {
        BdevSpec spec = t.target.snapshot().config().bdevs().get("disk0");
        if (spec == null) {
            throw new AssertionError("there is no bdev");
        }
        return spec;
    }

    @Test
    void oneAfterTheOtherInTheirOrder() {
        List<TestRequest> all = reads(5);
        assertEquals(1, answered(all));
        for (int i = 2; i <= 5; i++) {
            t.pass(TURN);
            assertEquals(i, answered(all));
            assertEquals(i, all.get(i - 1).order());
            assertEquals(Status.SUCCESS, all.get(i - 1).status());
        }
    }

    @Test
    void queuesOfDifferentReactorsShareTheLimit() {
        TestQueue other = t.io(admin, 2, 0);
        List<TestRequest> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(read(io));
            all.add(read(other));
        }
        t.settle();
        for (int i = 1; i <= 6; i++) {
            assertEquals(i, answered(all));
            assertTrue(all.get(i - 1).isAnswered(), "in turn");
            t.pass(TURN);
        }
    }

    @Test
    void aFlushNeverWaits() {
        reads(3);
        assertEquals(Status.SUCCESS, io.send(Sq.command(Opcode.FLUSH, 1)).status());
    }

    @Test
    void theLiveStateTellsTheLimits() {
        assertEquals(SLOW, live().limits());
        limit(BdevLimits.NONE);
        assertEquals(BdevLimits.NONE, live().limits());
    }

    @Test
    void aBdevHasItsLimitsFromItsBeginning() {
        t.done(new Step.CreateBdev(TestTarget.malloc("disk2", 64).withLimits(SLOW)));
        t.done(new Step.AddNamespace(NQN, TestTarget.namespace(2, "disk2")));
        List<TestRequest> all = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            all.add(io.read(Sq.io(Opcode.READ, 2, 0, 1), BLOCK));
        }
        assertEquals(1, answered(all));
    }

    @Test
    void withoutLimitsWhatWaitsGoesOnAtOnce() {
        List<TestRequest> all = reads(200);
        limit(BdevLimits.NONE);
        assertEquals(200, answered(all));
        assertEquals(Status.SUCCESS, all.getLast().status());
    }

    @Test
    void whatWaitsGoesByNewLimits() {
        List<TestRequest> all = reads(5);
        limit(new BdevLimits(1000, 0, 0, 0, 0, 0));
        int before = answered(all);
        assertTrue(before < 5);
        t.pass(Duration.ofMillis(5));
        assertEquals(5, answered(all));
    }

    @Test
    void aBdevThatIsNotThereHasNoLimits() {
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.SetBdevLimits("nowhere", SLOW)));
    }

    @Test
    void whatWaitsIsAborted() {
        List<TestRequest> all = reads(3);
        TestRequest abort = admin.send(Sq.admin(Opcode.ABORT, 1 | Sqe.cid(all.get(1).sqe) << 16, 0));
        t.settle();
        assertEquals(0, abort.dw0());
        assertEquals(Status.ABORTED_BY_REQUEST, all.get(1).status());
        t.pass(TURN.multipliedBy(3));
        assertEquals(Status.SUCCESS, all.get(2).status());
        assertEquals(1, all.get(1).answers());
    }

    @Test
    void aPauseDoesNotWaitForLimitsAndWhatWaitedGoesOnInItsOrder() {
        List<TestRequest> all = reads(4);
        t.pause(1);
        assertEquals(1, answered(all));
        TestRequest late = read(io);
        t.pass(TURN.multipliedBy(20));
        assertEquals(1, answered(all));
        t.resume();
        for (int i = 0; i < 4; i++) {
            t.pass(TURN);
        }
        assertEquals(4, answered(all));
        assertEquals(4, all.get(3).order());
        assertEquals(5, late.order());
    }

    @Test
    void whatWaitsWhenItsNamespaceGoesEndsWithInvalidNamespace() {
        List<TestRequest> all = reads(3);
        t.pause(1);
        t.done(new Step.RemoveNamespace(NQN, new Nsid(1)));
        t.done(new Step.RemoveBdev("disk0"));
        t.resume();
        t.pass(TURN);
        for (TestRequest waited : all.subList(1, 3)) {
            assertEquals(Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR, waited.status());
        }
    }

    @Test
    void aPauseOfAdminCommandsLetsItGoOn() {
        List<TestRequest> all = reads(3);
        t.pause();
        t.pass(TURN.multipliedBy(3));
        assertEquals(3, answered(all));
    }

    /** A write that its host has given up must not come after what the host does next. */
    @Test
    void whatWaitsEndsWithItsQueue() {
        List<TestRequest> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte[] data = new byte[BLOCK];
            data[0] = (byte) (i + 1);
            all.add(io.write(Sq.io(Opcode.WRITE, 1, i, 1), data));
        }
        io.drop();
        t.settle();
        assertEquals(Status.ABORTED_SQ_DELETION, all.get(1).status());
        assertEquals(Status.ABORTED_SQ_DELETION, all.get(2).status());
        limit(BdevLimits.NONE);
        TestRequest read = t.io(admin, 2, 1).read(Sq.io(Opcode.READ, 1, 1, 1), BLOCK);
        assertEquals(0, read.page().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void aSubsystemGoesWithoutWaitingForLimits() {
        List<TestRequest> all = reads(300);
        t.done(new Step.RemoveSubsystem(NQN));
        assertEquals(300, answered(all));
        for (TestRequest waited : all.subList(1, 300)) {
            assertEquals(Status.ABORTED_SQ_DELETION, waited.status());
        }
    }

    @Test
    void aDeallocationOfManyRangesIsAsManyOperations() {
        byte[] ranges = new byte[3 * 16];
        for (int i = 0; i < 3; i++) {
            ranges[i * 16 + 4] = 1;
            ranges[i * 16 + 8] = (byte) i;
        }
        var sqe = Sq.command(Opcode.DATASET_MANAGEMENT, 1);
        org.nvmftarget.data.nvme.Wire.putU32(sqe, Sqe.CDW10, 2);
        org.nvmftarget.data.nvme.Wire.putU32(sqe, Sqe.CDW11, 4);
        TestRequest unmap = io.write(sqe, ranges);
        t.settle();
        t.pass(TURN);
        assertFalse(unmap.isAnswered());
        t.pass(TURN);
        assertEquals(Status.SUCCESS, unmap.status());
    }
}
