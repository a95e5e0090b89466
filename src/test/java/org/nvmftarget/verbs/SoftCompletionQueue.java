package org.nvmftarget.verbs;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.CompletionQueue;
import org.nvmftarget.data.ffi.verbs.Completions;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** A completion queue. */
final class SoftCompletionQueue implements CompletionQueue, Ledger.OfDevice {

    /**
     * A completion.
     *
     * @param retrieved runs when the program has seen it: only then is the place in the work queue free
     */
    record Entry(SoftQueuePair qp, long wrId, int status, int byteLength, Runnable retrieved) {}

    private final SoftDevice device;
    private final int entries;
    private final SoftCompletionChannel channel;
    private final long id;
    private final Deque<Entry> queue = new ArrayDeque<>();
    private World.@Nullable Actor poller;
    private boolean armed;
    private boolean broken;
    private boolean closed;

    /** Queue pairs of it that are open. */
    int users;

    SoftCompletionQueue(SoftDevice device, int entries, SoftCompletionChannel channel) {
        this.device = device;
        this.entries = entries;
        this.channel = channel;
        id = device.newId();
        channel.users++;
        device.world().ledger().open(Ledger.Kind.COMPLETION_QUEUE, this);
    }

    @Override
    public SoftDevice device() {
        return device;
    }

    void add(Entry entry) {
        if (closed || broken) {
            return;
        }
        if (queue.size() == entries) {
            breakDown();
            return;
        }
        queue.add(entry);
        if (armed) {
            armed = false;
            channel.announce();
        }
    }

    /** It overflowed, or could not be written: no completion comes any more, and its queue pairs are lost. */
    void breakDown() {
        if (broken) {
            return;
        }
        broken = true;
        device.world().note("completion queue broken", id);
        device.tell(AsyncEvent.Type.CQ_ERR, id);
        for (SoftQueuePair qp : device.queuePairs()) {
            if (qp.completions() == this) {
                qp.fail("its completion queue is lost");
            }
        }
    }

    /** A queue pair is destroyed, and with it what it had here. */
    void purge(SoftQueuePair qp) {
        queue.stream()
                .filter(entry -> entry.qp() == qp)
                .forEach(entry -> entry.retrieved().run());
        queue.removeIf(entry -> entry.qp() == qp);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public int entries() {
        return entries;
    }

    @Override
    public int poll(Completions into) throws VerbsException {
        World world = device.world();
        alive("polled");
        if (poller == null) {
            poller = world.current();
        } else if (poller != world.current()) {
            throw world.violation(
                    this + " is polled by " + world.current().name() + ", and is " + poller.name() + "'s");
        }
        world.meanwhile();
        int errno = world.faults().at(Faults.Point.POLL);
        if (errno != 0) {
            throw new VerbsException("ibv_poll_cq", device.name(), errno);
        }
        int n = 0;
        for (Entry e = queue.peek(); e != null && n < into.capacity(); e = queue.peek()) {
            queue.remove();
            into.put(n++, e.wrId(), e.status(), e.byteLength(), e.qp().number());
            e.retrieved().run();
        }
        if (n > 0) {
            world.note("polled", n);
        }
        return n;
    }

    @Override
    public void arm() throws VerbsException {
        alive("armed");
        device.enter(Faults.Point.ARM, "ibv_req_notify_cq");
        armed = true;
        if (!queue.isEmpty() && device.flavor().announcesWhatIsThere()) {
            armed = false;
            channel.announce();
        }
        device.world().meanwhile();
    }

    void alive(String what) {
        if (closed) {
            throw device.world().violation(this + " is " + what + " after it was closed");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        device.world().meanwhile();
        if (users > 0) {
            throw device.world().violation(this + " is closed with " + users + " queue pairs");
        }
        closed = true;
        channel.users--;
        device.world().ledger().close(this);
    }

    @Override
    public String toString() {
        return "completion queue " + Long.toHexString(id) + " of " + device;
    }
}
