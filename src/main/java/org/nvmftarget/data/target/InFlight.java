package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nsid;

/** The commands of one queue that devices work on: a list through the commands themselves, on the queue's reactor. */
final class InFlight {

    private @Nullable Command first;

    void add(Command c) {
        Command head = first;
        c.previous = null;
        c.next = head;
        if (head != null) {
            head.previous = c;
        }
        first = c;
    }

    void remove(Command c) {
        Command before = c.previous;
        Command behind = c.next;
        if (before == null) {
            first = behind;
        } else {
            before.next = behind;
        }
        if (behind != null) {
            behind.previous = before;
        }
        c.previous = null;
        c.next = null;
    }

    /** Ends one that no device has begun; false if there is none with this id. */
    boolean abort(int cid) {
        for (Command c = first; c != null; c = c.next) {
            if (c.cid() == cid) {
                return c.abort(Status.ABORTED_BY_REQUEST);
            }
        }
        return false;
    }

    /** Ends those that no device has begun. */
    void abortAll(Predicate<Command> which, int status) {
        @Nullable Command next;
        for (Command c = first; c != null; c = next) {
            next = c.next;
            if (which.test(c)) {
                c.abort(status);
            }
        }
    }

    /** Takes back those that no device has begun, in the order in which they came. */
    List<Command> takeBack(Predicate<Command> which) {
        List<Command> taken = new ArrayList<>();
        @Nullable Command next;
        for (Command c = first; c != null; c = next) {
            next = c.next;
            if (which.test(c) && c.takeBack()) {
                taken.add(c);
            }
        }
        return taken.reversed();
    }

    /** {@code barrier} waits for every command that is here now and concerns the namespace. */
    void await(int nsid, Barrier barrier) {
        for (Command c = first; c != null; c = c.next) {
            if (c.nsid() == nsid || c.nsid() == Nsid.BROADCAST) {
                barrier.register();
                c.onEnd(barrier::arrive);
            }
        }
    }
}
