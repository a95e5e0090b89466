package org.nvmftarget.verbs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.PostedWork;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** The receives of one queue pair, or of several. */
final class ReceiveQueue {

    private final SoftDomain domain;
    private final String name;
    private final int entries;
    private final int maxSge;
    private final Deque<Receive> posted = new ArrayDeque<>();

    /** Posted, or completed and not yet seen by the program. */
    private int occupied;

    ReceiveQueue(SoftDomain domain, String name, int entries, int maxSge) {
        this.domain = domain;
        this.name = name;
        this.entries = entries;
        this.maxSge = maxSge;
    }

    int entries() {
        return entries;
    }

    int size() {
        return posted.size();
    }

    /** 0, or the errno of the first that was not taken. */
    int post(RecvWr first, Faults.Point point) {
        World world = domain.device().world();
        for (PostedWork wr : PostedWork.chain(first)) {
            int errno = world.faults().at(point);
            errno = errno == 0 && wr.sges().size() > maxSge ? VerbsException.EINVAL : errno;
            errno = errno == 0 && occupied >= entries ? VerbsException.ENOMEM : errno;
            if (errno != 0) {
                world.note("post fails", errno, () -> name);
                return errno;
            }
            occupied++;
            posted.add(new Receive(wr, uses(wr), world.dma()));
        }
        return 0;
    }

    private List<Dma.Use> uses(PostedWork wr) {
        List<Dma.Use> uses = new ArrayList<>();
        for (PostedWork.Sge sge : wr.sges()) {
            Dma.Use use = domain.use(sge, true, name + ", receive " + Long.toHexString(wr.wrId()));
            if (use != null) {
                uses.add(use);
            }
        }
        return uses;
    }

    @Nullable
    Receive take() {
        return posted.poll();
    }

    @Nullable
    Receive first() {
        return posted.peek();
    }

    /** The program has seen the completion. */
    void retrieved() {
        occupied--;
    }

    /** It is destroyed with what is posted. */
    void close() {
        posted.forEach(Receive::end);
        posted.clear();
    }
}
