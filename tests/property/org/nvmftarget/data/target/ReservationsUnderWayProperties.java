package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Reservation;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/**
 * Reservation commands and I/O of two hosts while helper threads, devices, queues and steps come in between in whichever
 * order: every command is answered just once, a Preempt and Abort is answered behind what it aborts, and in the end
 * every reactor admits whom the report says.
 */
class ReservationsUnderWayProperties {

    private static final int NSID = 2;

    enum Kind {
        REGISTER,
        UNREGISTER,
        ACQUIRE,
        PREEMPT_AND_ABORT,
        RELEASE,
        CLEAR,
        PROTECT,
        MASK_ALL,
        WRITE,
        READ,
        FLUSH_ALL,
        EVENT_REQUEST,
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
        ADD_LISTENER,
        REMOVE_LISTENER,
        CHANGE_ANA_GROUP,
        STORE_FAILS,
        STORE_WORKS,
        HELPERS_WAIT,
        HELPERS_RUN,
        TURN
    }

    record Act(Kind kind, int host, int type) {}

    @Provide
    Arbitrary<List<Act>> acts() {
        return Combinators.combine(
                        Arbitraries.of(Kind.class),
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.integers().between(1, 6))
                .as(Act::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(100)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyCommandIsAnsweredOnceAndAllAgree(@ForAll("acts") List<Act> acts) {
        World world = new World();
        acts.forEach(world::play);
        world.end();
    }

    private static final class World {
        private final MemoryStore store = new MemoryStore();
        private final TestTarget t = new TestTarget(0, store);
        private final SlowBdev slow;
        private final TestHost[] hosts = new TestHost[2];
        private final List<TestRequest> sent = new ArrayList<>();
        /** I/O of each host to the namespace. */
        private final List<List<TestRequest>> io = List.of(new ArrayList<>(), new ArrayList<>());
        /** What a Preempt and Abort must not be answered before. */
        private final Map<TestRequest, List<TestRequest>> before = new HashMap<>();

        World() {
            t.declare();
            slow = t.addSlowNamespace(NSID);
            connect(0);
            connect(1);
        }

        private void connect(int host) {
            hosts[host] = new TestHost(t, new HostId(7, host), 1 - host);
        }

        void play(Act act) {
            TestHost host = hosts[act.host()];
            int mine = act.host() + 1;
            switch (act.kind()) {
                case REGISTER -> keys(host, Opcode.RESERVATION_REGISTER, ptpl(act), mine, mine);
                case UNREGISTER -> keys(host, Opcode.RESERVATION_REGISTER, Reservation.UNREGISTER, mine, 0);
                case ACQUIRE -> keys(host, Opcode.RESERVATION_ACQUIRE, act.type() << 8, mine, 0);
                case PREEMPT_AND_ABORT -> preempt(act, host, mine);
                case RELEASE -> keys(host, Opcode.RESERVATION_RELEASE, act.type() << 8, mine, 0);
                case CLEAR -> keys(host, Opcode.RESERVATION_RELEASE, Reservation.CLEAR, mine, 0);
                case PROTECT -> feature(host, Feature.NAMESPACE_WRITE_PROTECTION, NSID, act.type() & 1);
                case MASK_ALL -> feature(host, Feature.RESERVATION_NOTIFICATION_MASK, Nsid.BROADCAST, act.type() & 6);
                case WRITE -> io(act.host(), Opcode.WRITE_ZEROES);
                case READ -> read(host);
                case FLUSH_ALL -> {
                    if (!host.io.isClosed()) {
                        sent.add(host.io.send(Sq.command(Opcode.FLUSH, Nsid.BROADCAST)));
                    }
                }
                case EVENT_REQUEST -> {
                    if (!host.admin.isClosed()) {
                        sent.add(host.eventRequest());
                    }
                }
                case PAUSE_ADMIN -> t.apply(new Step.PauseSubsystem(TestTarget.NQN, new TreeSet<>()));
                case PAUSE_NAMESPACE ->
                    t.apply(new Step.PauseSubsystem(TestTarget.NQN, new TreeSet<>(List.of(new Nsid(NSID)))));
                case RESUME -> t.apply(new Step.ResumeSubsystem(TestTarget.NQN));
                case DROP_IO -> host.io.drop();
                case DROP_ADMIN -> host.admin.drop();
                case CONNECT -> reconnect(act.host());
                case DEVICE_COMPLETES -> device(BdevStatus.OK);
                case DEVICE_FAILS -> device(BdevStatus.IO_ERROR);
                case REMOVE_NAMESPACE -> t.apply(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(NSID)));
                case ADD_NAMESPACE ->
                    t.apply(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(NSID, "slow" + NSID)));
                case ADD_LISTENER -> t.apply(new Step.AddListener(TestTarget.NQN, TestTarget.OTHER_ADDRESS));
                case REMOVE_LISTENER -> t.apply(new Step.RemoveListener(TestTarget.NQN, TestTarget.OTHER_ADDRESS));
                case CHANGE_ANA_GROUP -> t.apply(new Step.SetAnaGroup(TestTarget.NQN, new Nsid(NSID), act.type()));
                case STORE_FAILS -> store.fails = true;
                case STORE_WORKS -> store.fails = false;
                case HELPERS_WAIT -> t.helpersRun = false;
                case HELPERS_RUN -> t.helpersRun = true;
                case TURN -> t.settle();
            }
            before.forEach((abort, others) -> {
                if (abort.isAnswered() && abort.status() == Status.SUCCESS) {
                    assertTrue(others.stream().allMatch(TestRequest::isAnswered), "aborted before it was answered");
                }
            });
        }

        private static int ptpl(Act act) {
            return act.type() < 3 ? Reservation.PTPL_SET << 30 : 0;
        }

        private void keys(TestHost host, int opcode, int cdw10, long first, long second) {
            if (!host.io.isClosed()) {
                sent.add(host.sendKeys(opcode, NSID, cdw10, first, second));
            }
        }

        private void preempt(Act act, TestHost host, int mine) {
            if (!host.io.isClosed()) {
                int cdw10 = Reservation.PREEMPT_AND_ABORT | act.type() << 8;
                List<TestRequest> others = new ArrayList<>(io.get(1 - act.host()));
                others.removeIf(r -> r.isAnswered() || !slow.isWorkingFor(r));
                TestRequest abort = host.sendKeys(Opcode.RESERVATION_ACQUIRE, NSID, cdw10, mine, 3 - mine);
                sent.add(abort);
                before.put(abort, others);
            }
        }

        private void feature(TestHost host, int fid, int nsid, int value) {
            if (!host.admin.isClosed()) {
                sent.add(host.admin.send(Sq.admin(Opcode.SET_FEATURES, nsid, fid, value)));
            }
        }

        private void io(int host, int opcode) {
            if (!hosts[host].io.isClosed()) {
                TestRequest r = hosts[host].io.send(Sq.io(opcode, NSID, 0, 1));
                sent.add(r);
                io.get(host).add(r);
            }
        }

        private void read(TestHost host) {
            if (!host.io.isClosed()) {
                sent.add(host.io.read(Sq.io(Opcode.READ, NSID, 0, 1), TestTarget.BLOCK));
            }
        }

        /** Only where a Connect can be answered. */
        private void reconnect(int host) {
            t.apply(new Step.ResumeSubsystem(TestTarget.NQN));
            hosts[host].io.drop();
            hosts[host].admin.drop();
            connect(host);
        }

        private void device(BdevStatus status) {
            if (!slow.working.isEmpty()) {
                slow.completeOne(status);
            }
        }

        private void quiet() {
            t.helpersRun = true;
            do {
                t.settle();
                slow.completeAll();
            } while (!slow.working.isEmpty());
            t.settle();
        }

        void end() {
            store.fails = false;
            quiet();
            t.apply(new Step.ResumeSubsystem(TestTarget.NQN));
            quiet();
            t.apply(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(NSID, "slow" + NSID)));
            for (int host = 0; host < 2; host++) {
                reconnect(host);
            }
            for (int host = 0; host < 2; host++) {
                agrees(host);
            }
            t.target.stop(TestTarget.TIMEOUT);
            for (TestRequest r : sent) {
                assertEquals(1, r.answers());
            }
            assertTrue(slow.closed);
        }

        /** What the host may do is what the report of the other says. */
        private void agrees(int host) {
            TestRequest report = hosts[1 - host].io.read(Sq.reservationReport(NSID, 192, true), 192);
            ReservationType type = ReservationType.of(Wire.u8(report.page(), 4));
            boolean registered = false;
            boolean holds = false;
            for (int i = 0; i < Wire.u16(report.page(), 5); i++) {
                long at = 64 + i * 64L;
                if (Wire.bigEndian64(report.page(), at + 24) == host) {
                    registered = true;
                    holds = Wire.u8(report.page(), at + 2) == 1;
                }
            }
            boolean admitted = type == null || holds || (registered && type.admitsRegistrants());
            TestRequest read = hosts[host].io.read(Sq.io(Opcode.READ, NSID, 0, 1), TestTarget.BLOCK);
            TestRequest write = hosts[host].io.send(Sq.io(Opcode.WRITE_ZEROES, NSID, 0, 1));
            quiet();
            int conflict = Status.RESERVATION_CONFLICT | Status.DNR;
            assertEquals(admitted || !Objects.requireNonNull(type).excludesReads() ? 0 : conflict, read.status());
            int written = write.status();
            assertTrue(
                    admitted
                            ? written == 0 || written == (Status.NAMESPACE_IS_WRITE_PROTECTED | Status.DNR)
                            : written == conflict);
        }
    }
}
