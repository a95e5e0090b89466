package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.verbs.Faults;
import org.nvmftarget.verbs.Flavor;
import org.nvmftarget.verbs.host.HostCommand;
import org.nvmftarget.verbs.host.NvmeHost;
import org.nvmftarget.verbs.host.NvmeQueue;

/** Shared receives that get lost: no host that stays or comes waits for one of them. */
class ReceiveLossSimTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static SimRig rig(long seed, boolean noWrBatching) {
        TransportOptions.Rdma o = TransportOptions.rdma();
        Flavor flavor = seed % 2 == 0 ? Flavor.ADAPTER : Flavor.SOFT_ROCE;
        return new SimRig(
                seed,
                flavor,
                new TransportOptions.Rdma(
                        o.common(), 128, false, o.numCqe(), o.acceptorBacklog(), noWrBatching, 4095, o.poll()),
                1 << 20);
    }

    private static NvmeHost connected(SimRig rig, int device) {
        NvmeHost host = rig.host(device, 2, 16);
        assertTrue(rig.within(SOON, host::isReady), host::end);
        return host;
    }

    private static void ask(NvmeHost host) {
        host.ioQueues().forEach(queue -> {
            for (int n = 0; n < 15 && queue.hasRoom(); n++) {
                queue.submit(new HostCommand(Commands.flush(1), NvmeHost.IGNORED));
            }
        });
    }

    /** A host whose confirmation has not come yet is not told: its command times out. */
    private static boolean isEnded(NvmeHost host) {
        return host.isOver() || host.queues().stream().anyMatch(NvmeQueue::isLeftByTarget);
    }

    /** All shared receives of the device are posted, and a host that comes is served. */
    private static void assertServesAnew(SimRig rig) {
        NvmeHost host = connected(rig, 0);
        ask(host);
        assertTrue(rig.within(
                SOON,
                () -> host.ioQueues().stream()
                        .allMatch(queue -> queue.unanswered().isEmpty())));
        assertTrue(host.isReady(), host::end);
        rig.hosts.forEach(NvmeHost::disconnect);
        assertTrue(rig.within(SOON, () -> rig.queuePairs() == 0 && rig.missingSharedReceives() == 0));
        rig.target.stop(SimRig.PATIENCE);
        assertEquals("[]", rig.world.ledger().describe().toString());
        assertEquals(List.of(), rig.world.violations());
    }

    @Property(tries = 5)
    void aPostOfThemThatFailsEndsTheQueuesThatShareThemAndTheOthersGoOn(
            @ForAll long seed, @ForAll boolean noWrBatching) {
        SimRig rig = rig(seed, noWrBatching);
        NvmeHost there = connected(rig, 0);
        NvmeHost other = connected(rig, 1);
        rig.world.faults().fail(Faults.Point.POST_SRQ_RECV, 0, VerbsException.ENOMEM);

        ask(there);

        assertTrue(rig.within(SOON, () -> isEnded(there)));
        assertTrue(other.isReady(), other::end);
        assertServesAnew(rig);
    }

    @Property(tries = 5)
    void aCompletionQueueThatIsLostTakesThoseAlongThatHadCompletedThere(@ForAll long seed) {
        SimRig rig = rig(seed, false);
        NvmeHost there = connected(rig, 0);
        ask(there);
        rig.pass(Duration.ofNanos(rig.world.between(1000, 40_000)));

        assertTrue(rig.rdma.breakCompletionQueue("soft0"));

        assertTrue(rig.within(SOON, () -> isEnded(there)));
        assertServesAnew(rig);
    }

    @Property(tries = 5)
    void aCompletionQueueThatCannotBePolledOrArmedIsLostAsWell(@ForAll long seed, @ForAll boolean polled) {
        SimRig rig = rig(seed, false);
        NvmeHost there = connected(rig, 0);
        ask(there);
        rig.pass(Duration.ofNanos(rig.world.between(1000, 40_000)));
        rig.world.faults().fail(polled ? Faults.Point.POLL : Faults.Point.ARM, 0, VerbsException.EIO);

        assertTrue(rig.within(SOON, () -> isEnded(there)));

        assertServesAnew(rig);
    }
}
