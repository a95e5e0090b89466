package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Step;

/**
 * Capsules good, changed and random, a hundred in each try (a million in 10,000), into a live controller, with data that come late or never,
 * devices that fail, pauses and broken connections in between: no exception escapes, nothing but a command's own buffer
 * is touched, every command is answered once, and good commands go on being served.
 */
class CapsuleProperties {

    private static final int STEPS = 130;

    @Property
    void whateverComesIsAnsweredOnceAndGoodCommandsAreServed(@ForAll @Size(STEPS) List<Integer> seeds) {
        World world = new World();
        for (int seed : seeds) {
            world.step(new Random(seed));
        }
        world.end();
    }

    private static final class World {
        final TestTarget t = TestTarget.serving();
        final SlowBdev slow = t.addSlowNamespace(2);
        final List<GuardedRequest> sent = new ArrayList<>();
        /** Parsed, and their data are on their way. */
        final List<Late> late = new ArrayList<>();

        TestQueue admin;
        TestQueue io;
        boolean paused;

        private static final class Late {
            final TestQueue queue;
            final GuardedRequest request;
            final byte[] data;

            Late(TestQueue queue, GuardedRequest request, byte[] data) {
                this.queue = queue;
                this.request = request;
                this.data = data;
            }

            TestQueue queue() {
                return queue;
            }

            GuardedRequest request() {
                return request;
            }

            byte[] data() {
                return data;
            }
        }

        World() {
            t.done(new Step.CreateBdev(TestTarget.malloc("spared", 64)));
            t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(Capsules.SPARED_NSID, "spared")));
            admin = t.admin();
            io = t.io(admin, 1, 1);
        }

        void step(Random random) {
            reconnect();
            switch (random.nextInt(20)) {
                case 0 -> pauseOrResume(random.nextBoolean());
                case 1 -> drop(random.nextInt(10));
                case 2 -> stranger(random);
                case 3 -> checkThatGoodCommandsAreServed();
                default -> capsule(random);
            }
            if (random.nextInt(3) == 0) {
                data(random);
            }
            if (random.nextInt(3) == 0 && !slow.working.isEmpty()) {
                BdevStatus[] all = BdevStatus.values();
                slow.completeOne(all[random.nextInt(all.length)]);
            }
            if (random.nextBoolean()) {
                t.settle();
            }
        }

        private void capsule(Random random) {
            boolean toAdmin = random.nextInt(3) == 0;
            int cntlid = admin.pair().cntlid();
            send(toAdmin ? admin : io, new Capsules(random).next(toAdmin, cntlid), random);
        }

        /** A queue of its own, whose first command is wrong more often than not. */
        private void stranger(Random random) {
            TestQueue queue = t.accept(random.nextInt(2));
            send(
                    queue,
                    new Capsules(random).first(random.nextInt(4), admin.pair().cntlid()),
                    random);
        }

        private void send(TestQueue queue, Capsules.Capsule capsule, Random random) {
            if (queue.isClosed()) {
                return;
            }
            GuardedRequest r = new GuardedRequest(capsule.sqe(), random);
            sent.add(r);
            r.start(capsule.sglBytes(), capsule.fault());
            if (!queue.pair().receive(r)) {
                assertEquals(1, r.answers());
                return;
            }
            assertEquals(0, r.answers());
            assertTrue(r.transferLengthBytes() >= 0 && r.transferLengthBytes() <= 131_072);
            late.add(new Late(queue, r, capsule.data()));
            if (random.nextInt(4) != 0) {
                arrived(late.removeLast());
            }
        }

        /** Some data come, or are lost. */
        private void data(Random random) {
            if (!late.isEmpty()) {
                Late l = late.remove(random.nextInt(late.size()));
                if (random.nextInt(5) == 0) {
                    l.queue().pair().fail(l.request(), Status.DATA_TRANSFER_ERROR);
                } else {
                    arrived(l);
                }
            }
        }

        private static void arrived(Late l) {
            if (l.request().transferLengthBytes() > 0) {
                l.request().buffer(l.data());
            }
            l.queue().pair().execute(l.request());
        }

        private void pauseOrResume(boolean namespaces) {
            if (paused) {
                t.apply(new Step.ResumeSubsystem(TestTarget.NQN));
                paused = false;
            } else {
                slow.completeAll();
                paused = t.apply(new Step.PauseSubsystem(
                                TestTarget.NQN,
                                new java.util.TreeSet<>(
                                        namespaces ? List.of(new org.nvmftarget.model.Nsid(1)) : List.of())))
                        instanceof org.nvmftarget.model.StepResult.Done;
            }
        }

        private void drop(int which) {
            if (which == 0) {
                admin.drop();
            } else if (which < 4) {
                io.drop();
            }
        }

        /** A host that was disconnected, or has disabled its controller, comes back. */
        private void reconnect() {
            t.settle();
            boolean ready = !admin.isClosed() && csts() == org.nvmftarget.data.nvme.Property.CSTS_RDY;
            if (paused || (ready && !io.isClosed())) {
                return;
            }
            if (!ready) {
                admin.drop();
                io.drop();
                settleDevices();
                admin = t.admin();
            }
            io = t.io(admin, freeQueue(), 1);
        }

        private int csts() {
            TestRequest csts = admin.send(
                    Sq.propertyGet(org.nvmftarget.data.nvme.Property.CSTS, org.nvmftarget.data.nvme.Property.SIZE_4));
            return csts.isAnswered() && csts.status() == Status.SUCCESS ? csts.dw0() : 0;
        }

        /** One that no earlier I/O queue of the controller, which a device may still work for, has. */
        private int freeQueue() {
            settleDevices();
            for (int qid = 1; ; qid++) {
                TestQueue queue = t.accept(1);
                int status = queue.connect(
                                qid,
                                TestTarget.connectData(
                                        TestTarget.NQN,
                                        TestTarget.HOST,
                                        admin.pair().cntlid()))
                        .status();
                queue.drop();
                if (status == Status.SUCCESS) {
                    t.settle();
                    return qid;
                }
            }
        }

        private void settleDevices() {
            t.settle();
            slow.completeAll();
            t.settle();
        }

        private void checkThatGoodCommandsAreServed() {
            if (paused) {
                return;
            }
            settleDevices(); // a queue that was told to disconnect does so when devices have done its commands
            reconnect();
            TestRequest alive = admin.send(Sq.command(Opcode.KEEP_ALIVE, 0));
            TestRequest identify = admin.read(Sq.identify(Identify.CNS_CONTROLLER, 0), Identify.BYTES);
            TestRequest read = io.read(Sq.io(Opcode.READ, Capsules.SPARED_NSID, 3, 2), 2 * TestTarget.BLOCK);
            assertEquals(Status.SUCCESS, alive.status());
            assertEquals(Status.SUCCESS, identify.status());
            assertEquals(Status.SUCCESS, read.status());
        }

        void end() {
            if (paused) {
                pauseOrResume(false);
            }
            checkThatGoodCommandsAreServed();
            late.forEach(World::arrived);
            settleDevices();
            t.target.stop(TestTarget.TIMEOUT);
            settleDevices();
            for (GuardedRequest r : sent) {
                r.checkGuards();
                assertEquals(1, r.answers(), () -> "opcode " + Sqe.opcode(r.sqe()));
            }
            assertTrue(slow.closed);
        }
    }
}
