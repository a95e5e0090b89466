package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.BLOCK;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;

/** Namespace 2 on a bdev that fails, on one that is slow, on memory. */
class StackedBdevsTest {

    private static final Duration MS = Duration.ofMillis(1);

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();
    private final TestQueue io = t.io(admin, 1, 1);

    StackedBdevsTest() {
        t.done(new Step.CreateBdev(TestTarget.malloc("memory", 256)));
        t.done(new Step.CreateBdev(slow("memory")));
        t.done(new Step.CreateBdev(
                new BdevSpec.Failing("bad", "slow", List.of(), 0, 0, new UUID(2, 2), BdevLimits.NONE)));
        t.done(new Step.AddNamespace(NQN, TestTarget.namespace(2, "bad")));
        t.settle();
    }

    private static BdevSpec.Delay slow(String base) {
        return new BdevSpec.Delay("slow", base, BdevLatencies.NONE, 0, 0, new UUID(1, 2), BdevLimits.NONE);
    }

    private void latencies(long avgReadUs, long p99ReadUs, long avgWriteUs, long p99WriteUs) {
        t.done(new Step.SetBdevLatencies("slow", new BdevLatencies(avgReadUs, p99ReadUs, avgWriteUs, p99WriteUs)));
    }

    private void errors(BdevError... errors) {
        t.done(new Step.SetBdevErrors("bad", List.of(errors)));
    }

    private TestRequest read(long lba) {
        TestRequest r = io.read(Sq.io(Opcode.READ, 2, lba, 1), BLOCK);
        t.settle();
        return r;
    }

    private TestRequest write(long lba) {
        TestRequest r = io.write(Sq.io(Opcode.WRITE, 2, lba, 1), new byte[BLOCK]);
        t.settle();
        return r;
    }

    private BdevSpec live(String name) {
        BdevSpec spec = t.target.snapshot().config().bdevs().get(name);
        if (spec == null) {
            throw new AssertionError("there is no " + name);
        }
        return spec;
    }

    private Activity.Channel activity(String name) {
        Activity.Bdev bdev = t.target.activity().bdevs().get(name);
        if (bdev == null) {
            throw new AssertionError("there is no " + name);
        }
        return bdev.total();
    }

    @Test
    void withoutDelayOrErrorItIsAsItsBase() {
        assertEquals(Status.SUCCESS, write(3).status());
        assertEquals(Status.SUCCESS, read(3).status());
        assertEquals(256L * BLOCK, live("bad").sizeBytes());
        assertEquals(BLOCK, live("slow").blockSizeBytes());
    }

    @Test
    void aDelayIsOverWhenItsTimeHasCome() {
        latencies(1000, 1000, 2000, 2000);
        TestRequest read = read(0);
        TestRequest write = write(1);
        assertFalse(read.isAnswered());
        t.pass(MS);
        assertEquals(Status.SUCCESS, read.status());
        assertFalse(write.isAnswered());
        t.pass(MS);
        assertEquals(Status.SUCCESS, write.status());
    }

    @Test
    void everyHundredthTakesTheLongerTime() {
        latencies(0, 1000, 0, 0);
        int late = 0;
        for (int i = 1; i <= 300; i++) {
            TestRequest read = read(0);
            assertEquals(i % 100 != 0, read.isAnswered());
            late += read.isAnswered() ? 0 : 1;
        }
        assertEquals(3, late);
        t.pass(MS);
    }

    @Test
    void whatMeetsARuleEndsAsItSaysAndDoesNothing() {
        errors(new BdevError(BdevError.IoType.WRITE, BdevError.Status.NO_SPACE, 8, 4, 1, 0));
        assertEquals(Status.SUCCESS, write(7).status());
        assertEquals(Status.CAPACITY_EXCEEDED | Status.DNR, write(8).status());
        assertEquals(Status.CAPACITY_EXCEEDED | Status.DNR, write(11).status());
        assertEquals(Status.SUCCESS, write(12).status());
        assertEquals(Status.SUCCESS, read(8).status());
        assertEquals(2, activity("memory").writes().ops());
        assertEquals(2, activity("bad").failures());
        assertEquals(0, activity("slow").failures());
    }

    @Test
    void eachStatusIsOneOnTheWire() {
        for (BdevError.Status status : BdevError.Status.values()) {
            errors(new BdevError(BdevError.IoType.ALL, status, 0, 0, 1, 0));
            int expected = switch (status) {
                case IO_ERROR -> Status.WRITE_FAULT;
                case NO_SPACE -> Status.CAPACITY_EXCEEDED | Status.DNR;
                case READ_ONLY -> Status.NAMESPACE_IS_WRITE_PROTECTED | Status.DNR;
                case GONE -> Status.INTERNAL_PATH_ERROR;
                case FAILED -> Status.INTERNAL_ERROR;
                case UNREADABLE -> Status.UNRECOVERED_READ_ERROR | Status.DNR;
            };
            assertEquals(expected, write(0).status(), status::key);
        }
    }

    @Test
    void aRuleHitsEverySoManiethAndNoMoreThanItSays() {
        errors(new BdevError(BdevError.IoType.READ, BdevError.Status.IO_ERROR, 0, 0, 10, 3));
        int failed = 0;
        for (int i = 0; i < 100; i++) {
            failed += read(0).status() == Status.SUCCESS ? 0 : 1;
        }
        assertEquals(3, failed);
        errors();
        assertEquals(Status.SUCCESS, read(0).status());
    }

    @Test
    void theFirstRuleThatAnOperationMeetsDecides() {
        errors(
                new BdevError(BdevError.IoType.READ, BdevError.Status.GONE, 0, 0, 1, 1),
                new BdevError(BdevError.IoType.ALL, BdevError.Status.FAILED, 0, 0, 1, 0));
        assertEquals(Status.INTERNAL_PATH_ERROR, read(0).status());
        assertEquals(Status.INTERNAL_ERROR, read(0).status());
        assertEquals(Status.INTERNAL_ERROR, io.send(Sq.command(Opcode.FLUSH, 2)).status());
    }

    private TestRequest fused(int fuse, int opcode) {
        MemorySegment sqe = Sq.io(opcode, 2, 5, 1);
        Wire.putU8(sqe, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | fuse);
        return io.write(sqe, new byte[BLOCK]);
    }

    @Test
    void compareAndWriteFailsInTheHalfThatTheRuleIsFor() {
        errors(new BdevError(BdevError.IoType.COMPARE, BdevError.Status.IO_ERROR, 5, 1, 1, 0));
        TestRequest compare = fused(Sqe.FUSE_FIRST, Opcode.COMPARE);
        TestRequest write = fused(Sqe.FUSE_SECOND, Opcode.WRITE);
        assertEquals(Status.UNRECOVERED_READ_ERROR | Status.DNR, compare.status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write.status());
        errors(new BdevError(BdevError.IoType.WRITE, BdevError.Status.IO_ERROR, 5, 1, 1, 0));
        compare = fused(Sqe.FUSE_FIRST, Opcode.COMPARE);
        write = fused(Sqe.FUSE_SECOND, Opcode.WRITE);
        assertEquals(Status.SUCCESS, compare.status());
        assertEquals(Status.WRITE_FAULT, write.status());
    }

    @Test
    void hostsAreToldThatTheBaseHasGrown() {
        TestRequest aer = admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
        t.done(new Step.ResizeBdev("memory", 512L * BLOCK));
        t.settle();
        assertTrue(aer.isAnswered());
        assertEquals(Status.SUCCESS, read(511).status());
        assertEquals(512L * BLOCK, live("bad").sizeBytes());
        assertEquals(
                List.of("memory", "slow", "bad"),
                t.target.activity().events().stream()
                        .filter(e -> e.type() == Activity.EventType.BDEV_RESIZE)
                        .map(Activity.Event::bdev)
                        .toList());
    }

    @Test
    void theBaseShrinksWhenWhatIsUnderWayHasEnded() {
        latencies(1000, 1000, 1000, 1000);
        TestRequest late = read(200);
        StepResult result = t.apply(new Step.ResizeBdev("memory", 128L * BLOCK));
        assertFalse(result instanceof StepResult.Done, "a delayed read is under way");
        t.pass(MS);
        assertEquals(Status.SUCCESS, late.status());
        t.done(new Step.ResizeBdev("memory", 128L * BLOCK));
        assertEquals(Status.LBA_OUT_OF_RANGE | Status.DNR, read(200).status());
    }

    @Test
    void whatIsMadeOfAnotherHasItAlone() {
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.RemoveBdev("memory")));
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.CreateBdev(slow("memory"))));
        assertInstanceOf(
                StepResult.Failed.class, t.apply(new Step.AddNamespace(NQN, TestTarget.namespace(3, "memory"))));
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.CreateBdev(slow("nowhere"))));
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.ResizeBdev("bad", 512)));
    }

    @Test
    void fromTheTopDownTheyAreRemoved() {
        t.pause(2);
        t.done(new Step.RemoveNamespace(NQN, new org.nvmftarget.model.Nsid(2)));
        t.done(new Step.RemoveBdev("bad"));
        t.done(new Step.RemoveBdev("slow"));
        t.done(new Step.RemoveBdev("memory"));
        t.resume();
        assertEquals(
                new TreeSet<>(List.of("disk0")),
                new TreeSet<>(t.target.snapshot().config().bdevs().keySet()));
    }

    @Test
    void onlyTheRightTypeTakesLatenciesAndErrors() {
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.SetBdevLatencies("bad", BdevLatencies.NONE)));
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.SetBdevErrors("memory", List.of())));
    }
}
