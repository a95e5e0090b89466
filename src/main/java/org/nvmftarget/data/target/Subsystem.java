package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.SubsystemSpec;

/**
 * A subsystem: its latest view, the part of each reactor, and its controllers. Views are published by the thread that
 * carries out a step, one at a time; controllers come and go on reactors.
 */
final class Subsystem {

    private final List<ReactorSubsystem> parts = new ArrayList<>();
    private final ConcurrentSkipListMap<Integer, Controller> controllers = new ConcurrentSkipListMap<>();
    private final Barrier.Wait wait;
    private volatile SubsystemView view;
    private volatile LiveState.SubsystemState state = LiveState.SubsystemState.INACTIVE;
    private int nextCntlid;

    /** @param cntlidOffset where in the range of controller ids to begin */
    Subsystem(SubsystemSpec spec, List<Reactor> reactors, int cntlidOffset, Barrier.Wait wait) {
        this.wait = wait;
        view = SubsystemView.first(spec);
        int ids = spec.maxCntlid() - spec.minCntlid() + 1;
        nextCntlid = spec.minCntlid() + Math.floorMod(cntlidOffset, ids);
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
        view = next;
        Barrier barrier = new Barrier();
        for (ReactorSubsystem part : parts) {
            barrier.register();
            part.reactor().execute(() -> part.adopt(next, drain, barrier));
        }
        return barrier.await(wait, timeout);
    }

    // Controllers

    /** Registers a controller under a free id, or returns null if there is none. */
    synchronized @Nullable Controller create(ControllerMaker maker) {
        SubsystemSpec spec = view.spec;
        for (int tried = spec.minCntlid(); tried <= spec.maxCntlid(); tried++) {
            int id = nextCntlid;
            nextCntlid = id == spec.maxCntlid() ? spec.minCntlid() : id + 1;
            if (!controllers.containsKey(id)) {
                Controller controller = maker.make(id);
                controllers.put(id, controller);
                return controller;
            }
        }
        return null;
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

    void remove(Controller controller) {
        controllers.remove(controller.cntlid(), controller);
    }

    Collection<Controller> controllers() {
        return controllers.values();
    }

    LiveState.Subsystem live() {
        List<LiveState.Controller> list = new ArrayList<>();
        for (Map.Entry<Integer, Controller> e : controllers.entrySet()) {
            e.getValue().live().ifPresent(list::add);
        }
        return new LiveState.Subsystem(state, list);
    }
}
