package org.nvmftarget.data.target;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.Nsid;

/**
 * One reactor's part of a subsystem: the view that it goes by, its connected queues, and the commands that it holds.
 * For that reactor's thread alone; others send it a message.
 */
final class ReactorSubsystem {

    private static final int SPARE_VIEWS = 64;

    private final Subsystem subsystem;
    private final Reactor reactor;
    private final int reactorIndex;
    private final List<CorePair> pairs = new ArrayList<>();
    /** What the view is for those who have asked; begins anew with each view. */
    private final Map<ControllerView.Path, ControllerView> seen = new HashMap<>();

    private final AnaDeadlines anaDeadlines;
    private final BusyTime busy = new BusyTime();
    private ArrayDeque<Command> held = new ArrayDeque<>();
    private SubsystemView view;
    /** The view holds something, or what was held is being executed: each command must be looked at. */
    private boolean gated;

    private boolean releasing;

    ReactorSubsystem(Subsystem subsystem, Reactor reactor, int reactorIndex, SubsystemView view) {
        this.subsystem = subsystem;
        this.reactor = reactor;
        this.reactorIndex = reactorIndex;
        this.view = view;
        anaDeadlines = new AnaDeadlines(reactor, this::look);
    }

    BusyTime busy() {
        return busy;
    }

    SubsystemView view() {
        return view;
    }

    Subsystem subsystem() {
        return subsystem;
    }

    Reactor reactor() {
        return reactor;
    }

    /** What the present view is to hosts that come along {@code path}. */
    ControllerView seenBy(ControllerView.Path path) {
        if (seen.size() > 2 * pairs.size() + SPARE_VIEWS) {
            seen.clear(); // of hosts that came and went: those who are here keep what they see
        }
        return seen.computeIfAbsent(path, p -> ControllerView.of(view, p, anaDeadlines::isOver));
    }

    void add(CorePair pair) {
        pairs.add(pair);
    }

    void remove(CorePair pair) {
        pairs.remove(pair);
    }

    /** Whether the command was put aside, to be executed on resume behind those that are held already. */
    boolean holdIfGated(Command c) {
        if (!gated || c.isReleased()) {
            return false;
        }
        boolean waits = view.holds(c) || (releasing && !held.isEmpty() && c.scope() != Command.Scope.NEVER_HELD);
        if (waits) {
            held.addLast(c);
        }
        return waits;
    }

    /**
     * Goes by {@code next} from now on: tells controllers what changed, ends queues that it no longer admits, executes
     * what it no longer holds, and arrives at {@code barrier} when all that, and the I/O under way to {@code drain},
     * is done.
     */
    void adopt(SubsystemView next, Collection<Nsid> drain, Barrier barrier) {
        SubsystemView old = view;
        view = next;
        if (!next.isTheSameToHosts(old)) {
            anaDeadlines.adopt(next.anaStates.changes());
            seen.clear();
        }
        if (!drain.isEmpty()) {
            List.copyOf(pairs).forEach(pair -> held.addAll(pair.takeBack(next::holds)));
        }
        gated = next.holdsAnything() || !held.isEmpty();
        for (CorePair pair : List.copyOf(pairs)) {
            ControllerView before = look(pair);
            if (!pair.isAdmittedBy(next)) {
                barrier.register();
                pair.leave(barrier::arrive);
            } else if (pair.qid() == 0) {
                pair.controller().viewChanged(before, pair.seen());
            }
        }
        for (Nsid nsid : drain) {
            Namespace ns = old.namespace(nsid.value());
            if (ns != null) {
                barrier.register();
                ns.channel(reactorIndex).whenDrained(barrier::arrive);
            }
        }
        releaseHeld();
        barrier.arrive();
    }

    /**
     * Goes by {@code next}, which is the present view but for what hosts have set on a namespace, and arrives at
     * {@code barrier}. Queues that are going down are not waited for: they may be waiting for this very change.
     */
    void adopt(SubsystemView next, Barrier barrier) {
        view = next;
        look();
        barrier.arrive();
    }

    /** The queue's new view; gives back the one before. */
    private ControllerView look(CorePair pair) {
        ControllerView before = pair.seen();
        pair.sees(seenBy(pair.controller().path()));
        return before;
    }

    /** The view, or what has become of it, is another one to controllers. */
    private void look() {
        seen.clear();
        for (CorePair pair : List.copyOf(pairs)) {
            ControllerView before = look(pair);
            if (pair.qid() == 0) {
                pair.controller().viewChanged(before, pair.seen());
            }
        }
    }

    /** Executes, in order, what the view no longer holds. */
    private void releaseHeld() {
        releasing = true;
        boolean progress = true;
        while (progress) {
            progress = false;
            ArrayDeque<Command> batch = held;
            held = new ArrayDeque<>();
            for (Command c : batch) {
                if (!c.pair().isClosed() && view.holds(c)) {
                    held.addLast(c);
                } else {
                    c.release();
                    c.pair().resume(c);
                    progress = true;
                }
            }
        }
        releasing = false;
        gated = view.holdsAnything();
    }

    /** Answers what is held of a queue that is gone. */
    void dropHeld(CorePair pair) {
        for (Command c : held.toArray(new Command[0])) {
            if (c.pair() == pair && held.remove(c)) {
                c.complete(Status.ABORTED_SQ_DELETION);
            }
        }
    }

    /**
     * {@code barrier} waits for the I/O to {@code namespace} that controllers of {@code whose} have under way here.
     *
     * @param abort what is held of theirs ends at once
     */
    void awaitIo(Namespace namespace, Predicate<Controller> whose, boolean abort, Barrier barrier) {
        if (abort) {
            for (Command c : held.toArray(new Command[0])) {
                if (c.nsid() == namespace.nsid && isOf(c.pair(), whose) && held.remove(c)) {
                    c.complete(Status.ABORTED_PREEMPT_AND_ABORT);
                }
            }
        }
        for (CorePair pair : List.copyOf(pairs)) {
            if (isOf(pair, whose)) {
                if (abort) {
                    pair.abortIo(namespace.nsid, Status.ABORTED_PREEMPT_AND_ABORT);
                }
                pair.awaitIo(namespace.nsid, barrier);
            }
        }
        barrier.arrive();
    }

    /** A held Connect is of no controller yet, and admin commands are not to a namespace's data. */
    private static boolean isOf(CorePair pair, Predicate<Controller> whose) {
        return pair.isConnected() && pair.qid() != 0 && whose.test(pair.controller());
    }

    /** Ends one held command; false if there is none with this id. */
    boolean abortHeld(CorePair pair, int cid) {
        for (Command c : held.toArray(new Command[0])) {
            if (c.pair() == pair && c.cid() == cid && held.remove(c)) {
                c.complete(Status.ABORTED_BY_REQUEST);
                return true;
            }
        }
        return false;
    }
}
