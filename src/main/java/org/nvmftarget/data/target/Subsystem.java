package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.data.reservation.Notice;
import org.nvmftarget.data.reservation.Registrant;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.data.reservation.Reservations;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.SubsystemSpec;

/**
 * A subsystem: its latest view, the part of each reactor, and its controllers. Steps publish views one at a time;
 * helper threads publish, meanwhile and in between, what hosts set on namespaces: a step's view has the latest of it,
 * whatever view the step began with. Controllers come and go on reactors.
 */
final class Subsystem {

    private final List<ReactorSubsystem> parts = new ArrayList<>();
    private final ConcurrentSkipListMap<Integer, Controller> controllers = new ConcurrentSkipListMap<>();
    private final ControllerIds cntlids;
    private final HostStays stays = new HostStays();
    private final Barrier.Wait wait;
    private final Object publishing = new Object();
    private volatile SubsystemView view;
    private volatile LiveState.SubsystemState state = LiveState.SubsystemState.INACTIVE;

    /** @param cntlids the ids that its controllers may have */
    Subsystem(SubsystemSpec spec, List<Reactor> reactors, ControllerIds cntlids, Barrier.Wait wait) {
        this.wait = wait;
        this.cntlids = cntlids;
        view = SubsystemView.first(spec);
        for (Reactor reactor : reactors) {
            parts.add(new ReactorSubsystem(this, reactor, parts.size(), view));
        }
    }

    Nqn nqn() {
        return view.spec.nqn();
    }

    /** The latest view; a reactor may still go by the one before. */
    SubsystemView view() {
        return view;
    }

    LiveState.SubsystemState state() {
        return state;
    }

    void state(LiveState.SubsystemState next) {
        state = next;
    }

    ReactorSubsystem part(int reactorIndex) {
        return parts.get(reactorIndex);
    }

    /**
     * Every reactor goes by {@code next}, and the I/O under way to {@code drain} has ended, and the queues that the
     * view does not admit are gone: true. False if that took longer than {@code timeout}: the reactors go on with it.
     */
    boolean publish(SubsystemView next, Collection<Nsid> drain, Duration timeout) {
        return publish(next, drain).await(timeout);
    }

    /** The same, for one who has other things to do before the waiting. */
    Publication publish(SubsystemView next, Collection<Nsid> drain) {
        Barrier barrier = new Barrier();
        synchronized (publishing) {
            SubsystemView latest = next.upToDate(view.generation + 1);
            send(latest, barrier, part -> part.adopt(latest, drain, barrier));
        }
        return timeout -> barrier.await(wait, timeout);
    }

    /** A view that is on its way to every reactor. */
    @FunctionalInterface
    interface Publication {
        /** Once: whether all that {@link #publish(SubsystemView, Collection, Duration)} tells of happened in time. */
        boolean await(Duration timeout);
    }

    /**
     * Another state of one namespace; {@code then} runs once every reactor goes by it. False, and nothing happens, if
     * the namespace is not there any more.
     */
    boolean publish(Namespace of, NamespaceState state, Runnable then) {
        Barrier barrier = new Barrier(then);
        synchronized (publishing) {
            if (!of.isSame(view.namespace(of.nsid))) {
                return false;
            }
            of.parts.latest(state);
            SubsystemView latest = view.upToDate(view.generation + 1);
            send(latest, barrier, part -> part.adopt(latest, barrier));
        }
        barrier.arrive();
        return true;
    }

    /** In the same order to every reactor: the caller holds {@link #publishing}. */
    private void send(SubsystemView next, Barrier barrier, Consumer<ReactorSubsystem> adoption) {
        view = next;
        for (ReactorSubsystem part : parts) {
            barrier.register();
            part.reactor().execute(() -> adoption.accept(part));
        }
    }

    /** Tells the controllers of a host, as far as they see the namespace, what another host has done to it. */
    void tell(Namespace namespace, Notice notice) {
        for (Controller controller : controllers.values()) {
            if (controller.isOf(notice.host())) {
                CorePair admin = controller.admin();
                admin.reactor().execute(() -> {
                    if (namespace.isSame(admin.seen().namespace(namespace.nsid))) {
                        controller.notices().add(notice.kind(), namespace.nsid);
                    }
                });
            }
        }
    }

    /**
     * Waits for I/O to the namespace that is under way, then runs {@code then} on a reactor.
     *
     * @param abort what is held ends at once
     */
    void awaitIo(Namespace namespace, Predicate<Controller> whose, boolean abort, Runnable then) {
        Barrier barrier = new Barrier(then);
        for (ReactorSubsystem part : parts) {
            barrier.register();
            part.reactor().execute(() -> part.awaitIo(namespace, whose, abort, barrier));
        }
        barrier.arrive();
    }

    /** How long there was I/O, on the reactor that had most of it. */
    long busyNs() {
        return parts.stream().mapToLong(part -> part.busy().totalNs()).max().orElse(0);
    }

    // Controllers

    HostStays stays() {
        return stays;
    }

    /** Registers a controller under a free id, or returns null if there is none. */
    @Nullable
    Controller create(ControllerMaker maker, long nowNs) {
        int id = cntlids.take(nowNs);
        if (id == ControllerIds.NONE) {
            return null;
        }
        Controller controller = maker.make(id);
        controllers.put(id, controller);
        return controller;
    }

    /** Makes a controller for an id. */
    @FunctionalInterface
    interface ControllerMaker {
        Controller make(int cntlid);
    }

    @Nullable
    Controller controller(int cntlid) {
        return controllers.get(cntlid);
    }

    /** @param lost its host has not shut it down, and may be on its way back */
    void remove(Controller controller, boolean lost, long nowNs) {
        controllers.remove(controller.cntlid(), controller);
        cntlids.giveBack(controller.cntlid(), lost, nowNs);
    }

    Collection<Controller> controllers() {
        return controllers.values();
    }

    LiveState.Subsystem live() {
        List<LiveState.Controller> list = new ArrayList<>();
        for (Map.Entry<Integer, Controller> e : controllers.entrySet()) {
            e.getValue().live().ifPresent(list::add);
        }
        SubsystemView now = view;
        SortedMap<Nsid, LiveState.Reservation> reservations = new TreeMap<>();
        for (Namespace ns : now.namespaces()) {
            reserved(ns.state.reservations()).ifPresent(held -> reservations.put(ns.spec.nsid(), held));
        }
        return new LiveState.Subsystem(state, list, now.lostListeners, reservations);
    }

    private static Optional<LiveState.Reservation> reserved(Reservations now) {
        ReservationType type = now.type();
        if (type == null) {
            return Optional.empty();
        }
        List<String> holders = now.registrants().stream()
                .map(Registrant::host)
                .filter(now::isHolder)
                .map(HostId::toString)
                .toList();
        return Optional.of(new LiveState.Reservation(type.word(), holders));
    }
}
