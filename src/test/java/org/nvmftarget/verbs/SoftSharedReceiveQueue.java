package org.nvmftarget.verbs;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.SharedReceiveQueue;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** Receives that many queue pairs take from. */
final class SoftSharedReceiveQueue implements SharedReceiveQueue, Ledger.OfDevice {

    private final SoftDomain domain;
    private final ReceiveQueue receives;
    private final long id;
    private int limit;
    private boolean closed;

    /** Queue pairs of it that are open. */
    int users;

    SoftSharedReceiveQueue(SoftDomain domain, int entries, int maxSge, int limit) {
        this.domain = domain;
        this.limit = limit;
        id = domain.device().newId();
        receives = new ReceiveQueue(domain, toString(), entries, maxSge);
        domain.users++;
        domain.device().add(this);
        domain.device().world().ledger().open(Ledger.Kind.SHARED_RECEIVE_QUEUE, this);
    }

    @Override
    public SoftDevice device() {
        return domain.device();
    }

    SoftDomain domain() {
        return domain;
    }

    ReceiveQueue receives() {
        return receives;
    }

    @Nullable
    Receive take() {
        Receive taken = receives.take();
        if (receives.size() < limit) {
            limit = 0;
            device().tell(AsyncEvent.Type.SRQ_LIMIT_REACHED, id);
        }
        return taken;
    }

    int posted() {
        return receives.size();
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public int entries() {
        return receives.entries();
    }

    @Override
    public int postRecv(RecvWr first) {
        World world = device().world();
        world.meanwhile();
        alive();
        if (device().isGone() && device().flavor().flushesWhenGone()) {
            return VerbsException.EIO;
        }
        int errno = receives.post(first, Faults.Point.POST_SRQ_RECV);
        world.meanwhile();
        return errno;
    }

    @Override
    public void armLimit(int wanted) throws VerbsException {
        alive();
        device().enter(Faults.Point.ARM_LIMIT, "ibv_modify_srq");
        limit = wanted;
    }

    private void alive() {
        if (closed) {
            throw device().world().violation(this + " is used after it was closed");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        device().world().meanwhile();
        if (users > 0) {
            throw device().world().violation(this + " is closed with " + users + " queue pairs");
        }
        closed = true;
        receives.close();
        domain.users--;
        domain.device().remove(this);
        device().world().ledger().close(this);
    }

    @Override
    public String toString() {
        return "shared receive queue " + Long.toHexString(id) + " of " + domain.device();
    }
}
