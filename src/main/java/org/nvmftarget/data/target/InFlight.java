package org.nvmftarget.data.target;

import org.jspecify.annotations.Nullable;
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
