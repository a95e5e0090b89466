package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;

/**
 * Whatever becomes of a subsystem's namespaces, and in whichever order: each controller's lists, pages, logs, I/O
 * statuses and events are those that {@link NamespaceModel} has for its host and its listener.
 */
class NamespaceLifeProperties {

    private static final int NSIDS = 4;
    private static final int BDEVS = 5;
    private static final int GROUPS = 3;
    private static final int CONTROLLERS = 5;
    private static final int AER_LIMIT = 4;
    private static final List<Nqn> HOSTS =
            List.of(TestTarget.HOST, TestTarget.OTHER_HOST, new Nqn("nqn.2026-11.org.example:third"));
    private static final List<TransportAddress> LISTENERS = List.of(TestTarget.ADDRESS, TestTarget.OTHER_ADDRESS);

    sealed interface Act {
        /** @param hosts a bit for each, or -1: all that the subsystem has */
        record Add(int nsid, int bdev, int group, int hosts) implements Act {}

        record Remove(int nsid) implements Act {}

        record Resize(int bdev, int blocks) implements Act {}

        record SetHosts(int nsid, int hosts) implements Act {}

        record SetGroup(int nsid, int group) implements Act {}

        record SetStates(int listener, AnaState usual, Map<Integer, AnaState> exceptions) implements Act {}

        record Pass(int ms) implements Act {}

        record ReadChanged(int controller, boolean retain) implements Act {}

        record ReadAna(int controller, boolean retain) implements Act {}

        record RequestEvent(int controller) implements Act {}

        record WantEvents(int controller, boolean namespaces, boolean ana) implements Act {}

        record Reset(int controller) implements Act {}

        /** With the subsystem paused, and I/O to these namespaces held. */
        record Paused(Act act, int nsids) implements Act {}
    }

    private static Arbitrary<Integer> below(int limit) {
        return Arbitraries.integers().between(0, limit - 1);
    }

    private static Arbitrary<Integer> upTo(int limit) {
        return Arbitraries.integers().between(1, limit);
    }

    private static Arbitrary<Integer> hosts() {
        return Arbitraries.integers().between(-1, (1 << HOSTS.size()) - 1);
    }

    private static Arbitrary<Act> changes() {
        Arbitrary<Map<Integer, AnaState>> exceptions =
                Arbitraries.maps(upTo(GROUPS), Arbitraries.of(AnaState.class)).ofMaxSize(GROUPS);
        return Arbitraries.frequencyOf(
                Tuple.of(
                        4,
                        Combinators.combine(upTo(NSIDS), below(BDEVS), upTo(GROUPS), hosts())
                                .as(Act.Add::new)),
                Tuple.of(2, upTo(NSIDS).map(Act.Remove::new)),
                Tuple.of(
                        2,
                        Combinators.combine(below(BDEVS), Arbitraries.of(8, 16, 32))
                                .as(Act.Resize::new)),
                Tuple.of(3, Combinators.combine(upTo(NSIDS), hosts()).as(Act.SetHosts::new)),
                Tuple.of(3, Combinators.combine(upTo(NSIDS), upTo(GROUPS)).as(Act.SetGroup::new)),
                Tuple.of(
                        4,
                        Combinators.combine(below(2), Arbitraries.of(AnaState.class), exceptions)
                                .as(Act.SetStates::new)));
    }

    @Provide
    Arbitrary<List<Act>> acts() {
        Arbitrary<Integer> controller = below(CONTROLLERS);
        Arbitrary<Boolean> flag = Arbitraries.of(true, false);
        Arbitrary<Act> act = Arbitraries.frequencyOf(
                Tuple.of(12, changes()),
                Tuple.of(4, Combinators.combine(changes(), below(1 << NSIDS)).as(Act.Paused::new)),
                Tuple.of(3, Arbitraries.of(1_000, 4_000, 9_500).map(Act.Pass::new)),
                Tuple.of(3, Combinators.combine(controller, flag).as(Act.ReadChanged::new)),
                Tuple.of(3, Combinators.combine(controller, flag).as(Act.ReadAna::new)),
                Tuple.of(4, controller.map(Act.RequestEvent::new)),
                Tuple.of(1, Combinators.combine(controller, flag, flag).as(Act.WantEvents::new)),
                Tuple.of(1, controller.map(Act.Reset::new)));
        return act.list().ofMaxSize(40);
    }

    @Property
    void eachHostFindsAndIsToldWhatIsForIt(@ForAll("acts") List<Act> acts) {
        World world = new World();
        world.check();
        for (Act act : acts) {
            world.play(act);
            world.check();
        }
    }

    private static final class World {
        final TestTarget t = new TestTarget();
        final NamespaceModel model = new NamespaceModel();
        final List<TestController> real = new ArrayList<>();
        final List<NamespaceModel.Controller> expected = new ArrayList<>();
        final Map<TestController, Deque<TestRequest>> requests = new HashMap<>();

        World() {
            t.done(new Step.CreateTransport(TransportOptions.tcp()));
            t.done(new Step.CreateSubsystem(TestTarget.NQN, "NT01", "nvmf-target", 8, 1, 0xFFEF));
            t.done(new Step.SetAllowAnyHost(TestTarget.NQN, true));
            LISTENERS.forEach(address -> t.done(new Step.AddListener(TestTarget.NQN, address)));
            for (int i = 0; i < BDEVS; i++) {
                t.done(new Step.CreateBdev(TestTarget.nothing("d" + i, 8)));
                model.bdevs.put("d" + i, 8L);
            }
            for (int i = 0; i < CONTROLLERS; i++) {
                connect(HOSTS.get(i % HOSTS.size()), LISTENERS.get(i % 2), i % 2);
            }
        }

        private void connect(Nqn host, TransportAddress listener, int reactor) {
            TestController controller = new TestController(t, listener, host, reactor, 1 - reactor);
            real.add(controller);
            expected.add(model.connect(host, listener));
            requests.put(controller, new ArrayDeque<>());
        }

        void play(Act act) {
            switch (act) {
                case Act.Paused p -> paused(p);
                case Act.Pass p -> {
                    t.pass(Duration.ofMillis(p.ms()));
                    model.change(() -> model.pass(p.ms()));
                }
                case Act.ReadChanged r -> readChanged(r);
                case Act.ReadAna r -> {
                    real.get(r.controller()).anaGroups(r.retain());
                    if (!r.retain()) {
                        expected.get(r.controller()).wasRead(AsyncEvent.ANA_CHANGED);
                    }
                }
                case Act.RequestEvent r -> requestEvent(r.controller());
                case Act.WantEvents w -> wantEvents(w);
                case Act.Reset r -> reset(r.controller());
                default -> change(act);
            }
        }

        private void paused(Act.Paused p) {
            int[] nsids = IntStream.rangeClosed(1, NSIDS)
                    .filter(nsid -> (p.nsids() & (1 << (nsid - 1))) != 0)
                    .toArray();
            t.pause(nsids);
            change(p.act());
            t.resume();
        }

        private void readChanged(Act.ReadChanged r) {
            real.get(r.controller()).changed(r.retain());
            if (!r.retain()) {
                expected.get(r.controller()).wasRead(AsyncEvent.NAMESPACE_CHANGED);
            }
        }

        private Deque<TestRequest> requestsOf(TestController controller) {
            return Objects.requireNonNull(requests.get(controller));
        }

        private void requestEvent(int i) {
            TestController controller = real.get(i);
            if (expected.get(i).requests < AER_LIMIT) {
                requestsOf(controller).add(controller.aer());
                expected.get(i).request();
            }
        }

        private void wantEvents(Act.WantEvents w) {
            int wanted = (w.namespaces() ? AsyncEvent.CONFIG_NAMESPACE_CHANGED : 0)
                    | (w.ana() ? AsyncEvent.CONFIG_ANA_CHANGED : 0);
            TestRequest set = real.get(w.controller())
                    .admin
                    .send(Sq.admin(Opcode.SET_FEATURES, Feature.ASYNC_EVENT_CONFIGURATION, wanted));
            assertEquals(Status.SUCCESS, set.status());
            expected.get(w.controller()).want(wanted);
        }

        private void reset(int i) {
            TestController controller = real.get(i);
            controller.reset(i % 2);
            for (TestRequest r : requestsOf(controller)) {
                assertEquals(Status.ABORTED_SQ_DELETION, r.status());
            }
            requestsOf(controller).clear();
            expected.get(i).reset();
        }

        // Changes of the subsystem

        private void change(Act act) {
            switch (act) {
                case Act.Add a -> add(a);
                case Act.Remove r -> {
                    if (model.namespaces.containsKey(r.nsid())) {
                        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(r.nsid())));
                        model.change(() -> model.namespaces.remove(r.nsid()));
                    }
                }
                case Act.Resize r -> resize("d" + r.bdev(), r.blocks());
                case Act.SetHosts s -> setHosts(s);
                case Act.SetGroup s -> setGroup(s);
                case Act.SetStates s -> {
                    TransportAddress address = LISTENERS.get(s.listener());
                    t.done(new Step.SetAnaState(
                            TestTarget.NQN, new ListenerSpec(address, s.usual(), new TreeMap<>(s.exceptions()))));
                    model.change(() -> model.setStates(address, s.usual(), s.exceptions(), GROUPS));
                }
                default -> throw new AssertionError(act);
            }
        }

        private static Optional<SortedSet<Nqn>> hosts(int bits) {
            if (bits < 0) {
                return Optional.empty();
            }
            SortedSet<Nqn> set = new TreeSet<>();
            for (int i = 0; i < HOSTS.size(); i++) {
                if ((bits & 1 << i) != 0) {
                    set.add(HOSTS.get(i));
                }
            }
            return Optional.of(set);
        }

        private void add(Act.Add a) {
            String bdev = "d" + a.bdev();
            if (model.namespaces.containsKey(a.nsid()) || !model.isFree(bdev)) {
                return;
            }
            NamespaceSpec spec =
                    TestTarget.namespace(a.nsid(), bdev).withAnaGroup(a.group()).withHosts(hosts(a.hosts()));
            t.done(new Step.AddNamespace(TestTarget.NQN, spec));
            model.change(() -> model.namespaces.put(
                    a.nsid(),
                    new NamespaceModel.Namespace(
                            bdev, a.group(), hosts(a.hosts()).map(Set::copyOf))));
        }

        private void resize(String bdev, long blocks) {
            if (!Objects.equals(model.bdevs.get(bdev), blocks)) {
                t.done(new Step.ResizeBdev(bdev, blocks * TestTarget.BLOCK));
                model.change(() -> model.bdevs.put(bdev, blocks));
            }
        }

        private void setHosts(Act.SetHosts s) {
            NamespaceModel.Namespace ns = model.namespaces.get(s.nsid());
            if (ns != null) {
                t.done(new Step.SetNamespaceHosts(TestTarget.NQN, new Nsid(s.nsid()), hosts(s.hosts())));
                model.change(() -> model.namespaces.put(
                        s.nsid(),
                        new NamespaceModel.Namespace(
                                ns.bdev(), ns.group(), hosts(s.hosts()).map(Set::copyOf))));
            }
        }

        private void setGroup(Act.SetGroup s) {
            NamespaceModel.Namespace ns = model.namespaces.get(s.nsid());
            if (ns != null) {
                t.done(new Step.SetAnaGroup(TestTarget.NQN, new Nsid(s.nsid()), s.group()));
                model.change(() ->
                        model.namespaces.put(s.nsid(), new NamespaceModel.Namespace(ns.bdev(), s.group(), ns.hosts())));
            }
        }

        // What each controller finds

        void check() {
            for (int i = 0; i < CONTROLLERS; i++) {
                TestController controller = real.get(i);
                NamespaceModel.Controller wanted = expected.get(i);
                assertEquals(List.copyOf(wanted.seen.keySet()), controller.active(), "active namespaces");
                assertEquals(List.copyOf(wanted.changed), controller.changed(true), "changed namespaces");
                checkAna(controller, wanted);
                for (int nsid = 1; nsid <= NSIDS; nsid++) {
                    checkNamespace(controller, wanted, nsid);
                }
                checkEvents(controller, wanted);
            }
        }

        private static void checkAna(TestController controller, NamespaceModel.Controller wanted) {
            List<TestController.Group> groups = new ArrayList<>();
            wanted.groups.forEach((id, group) -> groups.add(new TestController.Group(
                    id, Objects.requireNonNull(wanted.groupChanges.get(id)), onTheWire(group.state()), group.nsids())));
            assertEquals(groups, controller.anaGroups(true), "ANA groups");
            assertEquals(wanted.anaChanges, controller.anaChanges(), "ANA change count");
        }

        private static int onTheWire(AnaState state) {
            return switch (state) {
                case OPTIMIZED -> AnaLog.OPTIMIZED;
                case NON_OPTIMIZED -> AnaLog.NON_OPTIMIZED;
                case INACCESSIBLE -> AnaLog.INACCESSIBLE;
                case PERSISTENT_LOSS -> AnaLog.PERSISTENT_LOSS;
                case CHANGE -> AnaLog.CHANGE;
            };
        }

        private static void checkNamespace(TestController controller, NamespaceModel.Controller wanted, int nsid) {
            NamespaceModel.Seen seen = wanted.seen.get(nsid);
            MemorySegment page = controller.identify(Identify.CNS_NAMESPACE, nsid);
            if (seen == null) {
                int invalid = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
                assertEquals(0, Wire.u64(page, 0), "size of what is not there");
                assertEquals(invalid, controller.identifyStatus(Identify.CNS_NAMESPACE_DESCRIPTORS, nsid));
                assertEquals(invalid, controller.read(nsid));
                return;
            }
            AnaState state = wanted.stateOf(nsid);
            boolean counts = state != AnaState.INACCESSIBLE && state != AnaState.PERSISTENT_LOSS;
            assertEquals(seen.blocks(), Wire.u64(page, 0), "NSZE");
            assertEquals(counts ? seen.blocks() : 0, Wire.u64(page, 16), "NUSE");
            assertEquals(seen.group(), Wire.u32(page, 92), "ANAGRPID");
            assertEquals(
                    TestTarget.namespace(nsid, seen.bdev()).uuid().getMostSignificantBits(),
                    Wire.bigEndian64(controller.identify(Identify.CNS_NAMESPACE_DESCRIPTORS, nsid), 4),
                    "identity");
            assertEquals(ioStatus(state), controller.read(nsid), "read");
        }

        private static int ioStatus(AnaState state) {
            return switch (state) {
                case OPTIMIZED, NON_OPTIMIZED -> Status.SUCCESS;
                case INACCESSIBLE -> Status.ANA_INACCESSIBLE;
                case PERSISTENT_LOSS -> Status.ANA_PERSISTENT_LOSS;
                case CHANGE -> Status.ANA_TRANSITION;
            };
        }

        private void checkEvents(TestController controller, NamespaceModel.Controller wanted) {
            Deque<TestRequest> sent = requestsOf(controller);
            while (!wanted.answers.isEmpty()) {
                TestRequest answered = sent.removeFirst();
                assertEquals(wanted.answers.removeFirst(), answered.dw0(), "event");
            }
            sent.forEach(r -> assertFalse(r.isAnswered(), "an event that there was not"));
        }
    }
}
