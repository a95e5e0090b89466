package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/**
 * Hosts with several controllers on two reactors send reservation commands and I/O, come and go, and the target is
 * started anew: every status, report and notification is the one of {@link ReservationModel}.
 */
class ReservationProperties {

    private static final int HOSTS = 3;
    private static final int CONTROLLERS = 4;

    private static final int[] OPCODES = {
        Opcode.READ,
        Opcode.WRITE,
        Opcode.WRITE_ZEROES,
        Opcode.FLUSH,
        Opcode.DATASET_MANAGEMENT,
        Opcode.COMPARE,
        Opcode.VERIFY,
        Opcode.COPY,
        Opcode.WRITE_UNCORRECTABLE
    };

    enum Kind {
        REGISTER,
        ACQUIRE,
        RELEASE,
        IO,
        REPORT,
        READ_LOG,
        MASK,
        PERSIST,
        DISCONNECT,
        CONNECT,
        RESTART,
        READD
    }

    /**
     * @param small picks an action, a CPTPL or an opcode; reserved values are among them
     * @param key 1 to 3; a higher number is the key that the host has
     * @param otherKey 0 to 3; a higher number is the key that the holder or another host has
     */
    record Act(Kind kind, int controller, int small, int type, int key, int otherKey, boolean iekey) {}

    @Provide
    Arbitrary<List<Act>> acts() {
        Arbitrary<Kind> kind = Arbitraries.frequency(
                Tuple.of(8, Kind.REGISTER),
                Tuple.of(10, Kind.ACQUIRE),
                Tuple.of(4, Kind.RELEASE),
                Tuple.of(8, Kind.IO),
                Tuple.of(2, Kind.REPORT),
                Tuple.of(2, Kind.READ_LOG),
                Tuple.of(1, Kind.MASK),
                Tuple.of(1, Kind.PERSIST),
                Tuple.of(1, Kind.DISCONNECT),
                Tuple.of(2, Kind.CONNECT),
                Tuple.of(1, Kind.RESTART),
                Tuple.of(1, Kind.READD));
        Arbitrary<Integer> key = Arbitraries.frequency(Tuple.of(1, 1), Tuple.of(1, 2), Tuple.of(1, 3), Tuple.of(12, 4));
        Arbitrary<Integer> otherKey = Arbitraries.frequency(
                Tuple.of(4, 0),
                Tuple.of(3, 1),
                Tuple.of(3, 2),
                Tuple.of(3, 3),
                Tuple.of(4, 4),
                Tuple.of(2, 5),
                Tuple.of(2, 6),
                Tuple.of(2, 7));
        return Combinators.combine(
                        kind,
                        Arbitraries.integers().between(0, CONTROLLERS - 1),
                        Arbitraries.frequency(
                                Tuple.of(8, 0), Tuple.of(5, 1), Tuple.of(5, 2), Tuple.of(2, 3), Tuple.of(1, 4)),
                        Arbitraries.frequency(
                                Tuple.of(1, 0),
                                Tuple.of(4, 1),
                                Tuple.of(4, 2),
                                Tuple.of(4, 3),
                                Tuple.of(4, 4),
                                Tuple.of(4, 5),
                                Tuple.of(4, 6),
                                Tuple.of(1, 7)),
                        key,
                        otherKey,
                        Arbitraries.frequency(Tuple.of(6, false), Tuple.of(1, true)))
                .as(Act::new)
                .list()
                .ofMinSize(40)
                .ofMaxSize(160)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void theTargetDoesWhatTheSpecificationSays(@ForAll("acts") List<Act> acts) {
        World world = new World();
        acts.forEach(world::play);
        world.end();
    }

    private static final class World {
        private final MemoryStore store = new MemoryStore();
        private final ReservationModel model = new ReservationModel();
        private final Map<Integer, TestHost> controllers = new TreeMap<>();
        private TestTarget t = new TestTarget(0, store);
        private int starts;

        World() {
            t.declare();
            for (int i = 0; i < CONTROLLERS; i++) {
                connect(i);
            }
        }

        /** The last controller is the first host's second one. */
        private static int hostOf(int controller) {
            return controller % HOSTS;
        }

        private static HostId id(int host) {
            return new HostId(0x1111_2222_3333_4444L, host);
        }

        private void connect(int controller) {
            controllers.put(controller, new TestHost(t, id(hostOf(controller)), controller % 2));
            model.logs.put(controller, new ReservationModel.Log(hostOf(controller)));
        }

        private long key(Act act, int number) {
            return act.key() > 3 ? keyOf(number) : act.key();
        }

        private long otherKey(Act act) {
            return switch (act.otherKey()) {
                case 4 -> keyOf(model.holder);
                case 5, 6, 7 -> keyOf(act.otherKey() - 5);
                default -> act.otherKey();
            };
        }

        private long keyOf(int number) {
            return model.keys.getOrDefault(number, 9L);
        }

        void play(Act act) {
            TestHost host = controllers.get(act.controller());
            int number = hostOf(act.controller());
            if (host == null) {
                if (act.kind() == Kind.CONNECT) {
                    connect(act.controller());
                }
                return;
            }
            switch (act.kind()) {
                case REGISTER -> register(act, host, number);
                case ACQUIRE -> acquire(act, host, number);
                case RELEASE -> release(act, host, number);
                case IO -> io(act, host, number);
                case REPORT -> report(host, 64 * (1 + act.small()) + 4 * act.type());
                case READ_LOG -> readLog(act.controller(), host, act.iekey());
                case MASK -> {
                    status(
                            ReservationModel.OK,
                            host.setFeature(Feature.RESERVATION_NOTIFICATION_MASK, 1, act.type() & 6));
                    model.mask = act.type() & 6;
                }
                case PERSIST -> {
                    status(ReservationModel.OK, host.setFeature(Feature.RESERVATION_PERSISTENCE, 1, act.small() & 1));
                    model.ptpl = (act.small() & 1) != 0;
                }
                case DISCONNECT -> {
                    host.disconnect();
                    controllers.remove(act.controller());
                    model.logs.remove(act.controller());
                }
                case CONNECT -> {}
                case RESTART -> restart();
                case READD -> {
                    t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
                    t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(1, "disk0")));
                    model.powerCycle();
                }
            }
        }

        private void register(Act act, TestHost host, int number) {
            int cptpl = act.type() & 3;
            long key = key(act, number);
            long newKey = otherKey(act);
            int cdw10 = act.small() | (act.iekey() ? 8 : 0) | cptpl << 30;
            String expected = model.register(number, act.small(), act.iekey(), cptpl, key, newKey);
            status(expected, host.register(1, cdw10, key, newKey));
        }

        private void acquire(Act act, TestHost host, int number) {
            long key = key(act, number);
            long preempted = otherKey(act);
            int cdw10 = act.small() | (act.iekey() ? 8 : 0) | act.type() << 8;
            String expected = model.acquire(number, act.small(), act.iekey(), act.type(), key, preempted);
            status(expected, host.keys(Opcode.RESERVATION_ACQUIRE, 1, cdw10, key, preempted));
        }

        private void release(Act act, TestHost host, int number) {
            long key = key(act, number);
            int type = act.otherKey() > 1 ? model.rtype : act.type();
            int cdw10 = act.small() | (act.iekey() ? 8 : 0) | type << 8;
            String expected = model.release(number, act.small(), act.iekey(), type, key);
            status(expected, host.keys(Opcode.RESERVATION_RELEASE, 1, cdw10, key, 0));
        }

        private void io(Act act, TestHost host, int number) {
            int opcode = OPCODES[act.small() + (act.iekey() ? 4 : 0)];
            TestRequest request = host.io(opcode);
            boolean reads = opcode == Opcode.READ || opcode == Opcode.COMPARE || opcode == Opcode.VERIFY;
            boolean admitted = model.admits(number, reads ? 'R' : 'W');
            status(admitted ? ReservationModel.OK : ReservationModel.CONFLICT, request);
        }

        private void report(TestHost host, int lengthBytes) {
            assertEquals(model.report(lengthBytes, h -> id(h).toString()), host.report(1, lengthBytes));
        }

        private void readLog(int controller, TestHost host, boolean retain) {
            List<String> unread = Objects.requireNonNull(model.logs.get(controller)).entries;
            String expected = unread.isEmpty() ? "0 0 0 0" : unread.getFirst() + " " + (unread.size() - 1) + " 1";
            assertEquals(expected, host.notification(retain));
            if (!retain && !unread.isEmpty()) {
                unread.removeFirst();
            }
        }

        private void restart() {
            t.target.stop(TestTarget.TIMEOUT);
            starts++;
            t = new TestTarget(starts, store);
            t.declare();
            model.powerCycle();
            for (int controller : new ArrayList<>(controllers.keySet())) {
                connect(controller);
            }
        }

        private static void status(String expected, TestRequest request) {
            String found = switch (request.status()) {
                case Status.SUCCESS -> ReservationModel.OK;
                case Status.RESERVATION_CONFLICT | Status.DNR -> ReservationModel.CONFLICT;
                case Status.INVALID_FIELD | Status.DNR -> ReservationModel.INVALID;
                default -> Integer.toHexString(request.status());
            };
            assertEquals(expected, found);
        }

        /** All that there is to see is right in the end. */
        void end() {
            controllers.forEach((number, host) -> {
                report(host, 512);
                while (!Objects.requireNonNull(model.logs.get(number)).entries.isEmpty()) {
                    readLog(number, host, false);
                }
                for (int i = 0; i < OPCODES.length; i++) {
                    io(new Act(Kind.IO, number, i < 5 ? i : i - 4, 0, 0, 0, i >= 5), host, hostOf(number));
                }
            });
            t.target.stop(TestTarget.TIMEOUT);
        }
    }
}
