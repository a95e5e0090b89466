package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.TransportType;

/** What the snapshot tells of connections and of what was done. */
class StatsTest {

    private final TestTarget t = TestTarget.serving();

    private LiveState.PollGroup group(int reactor) {
        return t.target.snapshot().stats().pollGroups().get(reactor);
    }

    @Test
    void aConnectionIsUnassociatedUntilItsConnectSucceeds() {
        TestQueue queue = t.accept(1);
        assertEquals(1, group(1).currentUnassociatedQpairs());

        queue.drop();
        t.settle();

        assertEquals(0, group(1).currentUnassociatedQpairs());
        assertEquals(0, group(1).adminQpairs());
    }

    @Test
    void queuesAreCountedOnTheReactorThatOwnsThem() {
        TestQueue admin = t.admin();
        t.io(admin, 1, 1);
        TestQueue second = t.io(admin, 2, 1);

        assertEquals(1, group(0).currentAdminQpairs());
        assertEquals(0, group(0).currentIoQpairs());
        assertEquals(2, group(1).currentIoQpairs());

        second.drop();
        t.settle();

        assertEquals(1, group(1).currentIoQpairs());
        assertEquals(2, group(1).ioQpairs());
    }

    @Test
    void completedCommandsOfIoQueuesAreCountedAndNoOthers() {
        TestQueue admin = t.admin();
        TestQueue io = t.io(admin, 1, 1);
        long before = group(1).completedNvmeIo();

        io.send(Sq.command(Opcode.FLUSH, 1));
        io.send(Sq.command(Opcode.FLUSH, 77));
        admin.send(Sq.admin(Opcode.KEEP_ALIVE, 0, 0));

        assertEquals(0, before);
        assertEquals(2, group(1).completedNvmeIo());
        assertEquals(0, group(0).completedNvmeIo());
    }

    @Test
    void aControllerTellsEachOfItsQueuePairs() {
        TestQueue admin = t.admin();
        t.io(admin, 1, 1);

        LiveState.Controller controller = t.controllers().getFirst();

        assertEquals(1, controller.ioQueues());
        assertEquals(
                List.of("0 reactor-0", "1 reactor-1"),
                controller.queuePairs().stream()
                        .map(pair -> pair.qid() + " " + pair.thread())
                        .toList());
        assertEquals(TestTarget.ADDRESS, controller.queuePairs().getFirst().local());
        assertEquals(
                "tcp 192.0.2.1:50000",
                controller.queuePairs().getFirst().peer().orElseThrow().toString());
        assertFalse(controller.queuePairs().getFirst().leaving());
    }

    @Test
    void theDiscoverySubsystemTellsItsControllersToo() {
        assertTrue(t.target.snapshot().subsystems().containsKey(NQN));

        t.admin(Nqn.DISCOVERY, TestTarget.HOST, 0);

        LiveState.Subsystem discovery = t.target.snapshot().subsystems().get(Nqn.DISCOVERY);
        assertEquals(LiveState.SubsystemState.ACTIVE, discovery == null ? null : discovery.state());
        assertEquals(1, discovery == null ? 0 : discovery.controllers().size());
    }

    @Test
    void eachTransportTellsWhatItHasOnEachReactor() {
        assertEquals(
                List.of(new LiveState.TransportStats(TransportType.TCP, 4096, 0, List.of())), group(1).transports());
    }
}
