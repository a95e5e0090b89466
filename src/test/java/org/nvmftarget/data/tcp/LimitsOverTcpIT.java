package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.Step;

/** A bdev with limits, as hosts see it. That nothing comes too early can be asserted; how late it comes can not. */
@Timeout(120)
class LimitsOverTcpIT {

    private static final int BLOCK = TargetRig.BLOCK;
    private static final int EACH = 30;

    private final TargetRig rig = new TargetRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private void iops(long iops) {
        rig.apply(new Step.SetBdevLimits("disk1", new BdevLimits(iops, 0, 0, 0, 0, 0)));
    }

    private static List<CompletableFuture<Completion>> reads(List<HostQueue> queues, int each) {
        List<CompletableFuture<Completion>> all = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            for (HostQueue queue : queues) {
                all.add(queue.submitRead(Commands.read(1, i, 1), BLOCK));
            }
        }
        return all;
    }

    private static void assertAllSucceed(List<CompletableFuture<Completion>> all) {
        for (CompletableFuture<Completion> one : all) {
            assertEquals(0, HostQueue.await(one).status());
        }
    }

    @Test
    void shouldNotServeMoreThanTheLimitOverAllQueues() throws Exception {
        try (Host host = rig.host()) {
            List<HostQueue> queues = host.connectIoQueues(4);
            iops(200);
            long beganNs = System.nanoTime();
            assertAllSucceed(reads(queues, EACH));
            long tookNs = System.nanoTime() - beganNs;
            // The first is free, and so is what each of two reactors had ready.
            long leastNs = (4 * EACH - 4) * 1_000_000_000L / 200;
            assertTrue(tookNs >= leastNs, () -> 4 * EACH + " reads in " + tookNs + " ns");
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldGoByALimitThatChangesAndByNoneAtLast() throws Exception {
        try (Host host = rig.host()) {
            List<HostQueue> queues = host.connectIoQueues(4);
            iops(100);
            List<CompletableFuture<Completion>> all = reads(queues, EACH);
            iops(150);
            iops(0);
            assertAllSucceed(all);
            assertAllSucceed(reads(queues, EACH));
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldPauseAndGoOnWhileCommandsWaitForTheirTurn() throws Exception {
        try (Host host = rig.host()) {
            List<HostQueue> queues = host.connectIoQueues(4);
            iops(100);
            List<CompletableFuture<Completion>> all = reads(queues, EACH);
            rig.pause(1);
            rig.resume();
            assertFalse(all.stream().allMatch(CompletableFuture::isDone), "most of them wait");
            iops(10_000);
            assertAllSucceed(all);
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldLetGoOfAHostThatGoesWhileItsCommandsWait() throws Exception {
        iops(100);
        try (Host host = rig.host()) {
            reads(host.connectIoQueues(4), EACH);
        }
        rig.assertNothingLeft();
    }
}
