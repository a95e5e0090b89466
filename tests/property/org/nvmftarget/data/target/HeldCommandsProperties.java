package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/**
 * Whatever hosts, devices and the control plane do, and in whichever order: every request is answered just once, what
 * was held is answered in its order, and no device is closed or left with work.
 */
class HeldCommandsProperties {

    private static final int QUEUES = 4;

    enum Kind {
        READ,
        FLUSH_ALL,
        IDENTIFY,
        EVENT_REQUEST,
        KEEP_ALIVE,
        ABORT,
        PAUSE_ADMIN,
        PAUSE_NAMESPACE,
        RESUME,
        DROP_IO,
        DROP_ADMIN,
        CONNECT,
        DEVICE_COMPLETES,
        DEVICE_FAILS,
        REMOVE_NAMESPACE,
        ADD_NAMESPACE,
        TURN
    }

    record Act(Kind kind, int queue, int nsid) {}

    @Provide
    Arbitrary<List<Act>> acts() {
        Arbitrary<Act> act = Combinators.combine(
                        Arbitraries.of(Kind.class),
                        Arbitraries.integers().between(0, QUEUES - 1),
                        Arbitraries.integers().between(1, 2))
                .as(Act::new);
        return act.list().ofMaxSize(60);
    }

    @Property
    void everyRequestIsAnsweredOnce(@ForAll("acts") List<Act> acts) {
        World world = new World();
        acts.forEach(world::play);
        world.end();
    }

    /** Two controllers, each with an admin queue on reactor 0 and an I/O queue on reactor 1. */
    private static final class World {
        final TestTarget t = TestTarget.serving();
        final SlowBdev slow;
        final List<TestQueue> admins = new ArrayList<>();
        final List<TestQueue> ios = new ArrayList<>();
        final List<TestRequest> sent = new ArrayList<>();
        /** Reads of the malloc namespace, which are answered at once unless they are held. */
        final List<List<TestRequest>> held = new ArrayList<>();

        World() {
            slow = t.addSlowNamespace(2);
            for (int i = 0; i < QUEUES / 2; i++) {
                admins.add(t.admin());
                ios.add(t.io(admins.get(i), 1, 1));
                held.add(new ArrayList<>());
            }
        }

        void play(Act act) {
            int i = act.queue() % 2;
            TestQueue admin = admins.get(i);
            TestQueue io = ios.get(i);
            switch (act.kind()) {
                case READ -> read(i, act.nsid());
                case FLUSH_ALL -> send(io, Opcode.FLUSH, Nsid.BROADCAST);
                case IDENTIFY -> {
                    if (!admin.isClosed()) {
                        sent.add(admin.read(Sq.identify(1, 0), 4096));
                    }
                }
                case EVENT_REQUEST -> send(admin, Opcode.ASYNC_EVENT_REQUEST, 0);
                case KEEP_ALIVE -> send(admin, Opcode.KEEP_ALIVE, 0);
                case ABORT -> abort(admin);
                case PAUSE_ADMIN -> t.apply(new Step.PauseSubsystem(TestTarget.NQN, new TreeSet<>()));
                case PAUSE_NAMESPACE ->
                    t.apply(new Step.PauseSubsystem(TestTarget.NQN, new TreeSet<>(List.of(new Nsid(act.nsid())))));
                case RESUME -> t.apply(new Step.ResumeSubsystem(TestTarget.NQN));
                case DROP_IO -> io.drop();
                case DROP_ADMIN -> admin.drop();
                case CONNECT -> connect(i);
                case DEVICE_COMPLETES -> device(BdevStatus.OK);
                case DEVICE_FAILS -> device(BdevStatus.IO_ERROR);
                case REMOVE_NAMESPACE -> t.apply(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(act.nsid())));
                case ADD_NAMESPACE ->
                    t.apply(new Step.AddNamespace(
                            TestTarget.NQN, TestTarget.namespace(act.nsid(), act.nsid() == 1 ? "disk0" : "slow2")));
                case TURN -> t.settle();
            }
        }

        private void read(int i, int nsid) {
            TestQueue io = ios.get(i);
            if (io.isClosed()) {
                return;
            }
            TestRequest r = io.read(Sq.io(Opcode.READ, nsid, 0, 1), TestTarget.BLOCK);
            sent.add(r);
            if (nsid == 1 && !r.isAnswered()) {
                held.get(i).add(r);
            }
        }

        private void send(TestQueue queue, int opcode, int nsid) {
            if (!queue.isClosed()) {
                sent.add(queue.send(Sq.command(opcode, nsid)));
            }
        }

        private void abort(TestQueue admin) {
            if (!admin.isClosed()) {
                sent.add(admin.send(Sq.admin(Opcode.ABORT, 1 | 101 << 16, 0)));
            }
        }

        private void connect(int reactor) {
            TestQueue queue = t.accept(reactor);
            sent.add(queue.connect(0, TestTarget.connectData(TestTarget.NQN, TestTarget.HOST, 0xFFFF)));
            t.settle();
        }

        private void device(BdevStatus status) {
            if (!slow.working.isEmpty()) {
                slow.completeOne(status);
            }
        }

        void end() {
            t.settle();
            slow.completeAll();
            t.apply(new Step.ResumeSubsystem(TestTarget.NQN));
            t.settle();
            for (List<TestRequest> reads : held) {
                int last = -1;
                for (TestRequest r : reads) {
                    if (r.isAnswered() && r.status() == 0) {
                        assertTrue(r.order() > last, "held commands run in order");
                        last = r.order();
                    }
                }
            }
            slow.completeAll();
            t.target.stop(TestTarget.TIMEOUT);
            for (TestRequest r : sent) {
                assertEquals(1, r.answers());
            }
            assertTrue(slow.closed);
            assertTrue(t.controllers().isEmpty());
        }
    }
}
