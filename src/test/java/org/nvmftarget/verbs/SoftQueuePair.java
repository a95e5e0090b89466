package org.nvmftarget.verbs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.PostedWork;
import org.nvmftarget.data.ffi.verbs.QueuePairSpec;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** The program's end of a connection. */
final class SoftQueuePair extends RcEndpoint implements RcQueuePair, Ledger.OfDevice {

    /** InfiniBand Architecture specification, volume 1, table 45: in units of 10 µs, by the code. */
    private static final int[] RNR_TIMER = {
        65536, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096,
        6144, 8192, 12288, 16384, 24576, 32768, 49152
    };

    private final SoftDevice device;
    private final SoftDomain domain;
    private final SoftCompletionQueue completions;
    private final @Nullable SoftSharedReceiveQueue shared;
    private final ReceiveQueue receives;
    private final QueuePairSpec spec;
    private final int number;
    private final Runnable onClose;
    private World.@Nullable Actor sender;
    private int rnrTimerCode;

    /** The peer has confirmed the connection, or the program was told that it has sent something. */
    private boolean heardOf;

    private long posted;
    private long retrieved;

    SoftQueuePair(SoftDomain domain, QueuePairSpec spec, Runnable onClose) {
        super(domain.device().world(), "queue pair of " + domain.device());
        device = domain.device();
        this.domain = domain;
        this.spec = spec;
        this.onClose = onClose;
        completions = (SoftCompletionQueue) spec.completions();
        shared = (SoftSharedReceiveQueue) spec.receives();
        number = device.newQueuePairNumber();
        receives = new ReceiveQueue(domain, toString(), spec.maxRecvWr(), spec.maxRecvSge());
        completions.alive("given to a queue pair");
        completions.users++;
        domain.users++;
        if (shared != null) {
            shared.users++;
        }
        device.add(this);
        world.ledger().open(Ledger.Kind.QUEUE_PAIR, this);
        boolean _ = modify(State.INIT);
    }

    @Override
    public SoftDevice device() {
        return device;
    }

    SoftCompletionQueue completions() {
        return completions;
    }

    // --- what is posted --------------------------------------------------------------------------------------------

    @Override
    public int number() {
        return number;
    }

    @Override
    public int postSend(SendWr first) {
        world.meanwhile();
        alive();
        if (sender == null) {
            sender = world.current();
        } else if (sender != world.current()) {
            throw world.violation(world.current().name() + " posts to " + this + ", which is " + sender.name() + "'s");
        }
        for (PostedWork wr : PostedWork.chain(first)) {
            int errno = sendFault(wr);
            if (errno != 0) {
                world.note("post fails", errno, this::toString);
                return errno;
            }
            post(wr);
        }
        world.meanwhile();
        return 0;
    }

    private int sendFault(PostedWork wr) {
        int errno = world.faults().at(Faults.Point.POST_SEND);
        if (errno != 0) {
            return errno;
        }
        if (device.isGone()) {
            return VerbsException.EIO;
        }
        boolean known = switch (wr.opcode()) {
            case SendWr.SEND, SendWr.SEND_WITH_INV, SendWr.RDMA_READ, SendWr.RDMA_WRITE -> true;
            default -> false;
        };
        boolean sends = state() == State.RTS || state() == State.SQD || state() == State.SQE || state() == State.ERR;
        if (!known || !sends || wr.sges().size() > spec.maxSendSge()) {
            return VerbsException.EINVAL;
        }
        if (wr.opcode() == SendWr.RDMA_READ
                && wr.sges().size() > device.limitsUnchecked().readSge()) {
            return VerbsException.EINVAL;
        }
        return posted - retrieved >= spec.maxSendWr() ? VerbsException.ENOMEM : 0;
    }

    private void post(PostedWork wr) {
        boolean read = wr.opcode() == SendWr.RDMA_READ;
        List<Dma.Use> uses = new ArrayList<>();
        for (PostedWork.Sge sge : wr.sges()) {
            Dma.Use use = domain.use(sge, read, this + ", send " + Long.toHexString(wr.wrId()));
            if (use != null) {
                uses.add(use);
            }
        }
        SendWork work = new SendWork(wr, posted++, uses, world.dma(), new byte[0]);
        work.badBuffer = uses.size() != wr.sges().size();
        world.note("post send", wr.wrId(), work::toString);
        post(work);
    }

    @Override
    public int postRecv(RecvWr first) {
        world.meanwhile();
        alive();
        if (state() == State.RESET || shared != null) {
            return VerbsException.EINVAL;
        }
        if (device.isGone() && device.flavor().flushesWhenGone()) {
            return VerbsException.EIO;
        }
        int errno = receives.post(first, Faults.Point.POST_RECV);
        flushAgain();
        world.meanwhile();
        return errno;
    }

    @Override
    void sendCompleted(SendWork work, int status) {
        if (status != Wc.SUCCESS || work.isSignaled()) {
            long upTo = work.sequence + 1;
            completions.add(new SoftCompletionQueue.Entry(
                    this, work.wr.wrId(), status, work.length(), () -> retrieved = Math.max(retrieved, upTo)));
        }
    }

    private void completed(Receive receive, int status, int byteLength) {
        receive.end();
        ReceiveQueue queue = shared == null ? receives : shared.receives();
        completions.add(new SoftCompletionQueue.Entry(this, receive.wr.wrId(), status, byteLength, queue::retrieved));
    }

    // --- as a responder --------------------------------------------------------------------------------------------

    @Override
    boolean deliver(SendWork message) {
        Receive receive = shared == null ? receives.take() : shared.take();
        if (receive == null) {
            return false;
        }
        if (!heardOf && device.flavor().tellsOfFirstMessage()) {
            heardOf = true;
            device.tell(AsyncEvent.Type.COMM_EST, number);
        }
        if (receive.badBuffer || message.length() > receive.wr.lengthBytes()) {
            completed(receive, receive.badBuffer ? Wc.LOCAL_PROTECTION : Wc.LOCAL_LENGTH, 0);
            refused(message, Wc.REMOTE_INVALID_REQUEST);
            fail("a message of " + message.length() + " bytes does not fit");
            return true;
        }
        receive.fill(message.payload());
        completed(receive, Wc.SUCCESS, message.length());
        accepted(message);
        return true;
    }

    /** The program gives no peer a right to its memory. */
    @Override
    int remoteAccess(SendWork work) {
        device.tell(AsyncEvent.Type.QP_ACCESS_ERR, number);
        return Wc.REMOTE_ACCESS;
    }

    @Override
    byte[] readMemory(SendWork work) {
        throw new IllegalStateException("no peer may read");
    }

    @Override
    void writeMemory(SendWork work) {
        throw new IllegalStateException("no peer may write");
    }

    @Override
    long rnrTimerNs() {
        return RNR_TIMER[rnrTimerCode] * 10_000L;
    }

    // --- states ----------------------------------------------------------------------------------------------------

    /** The connection manager has brought both ends together. */
    void connect(RcEndpoint other, int reads, int rnrRetries) {
        connectTo(other);
        maxReads = reads;
        this.rnrRetries = rnrRetries;
        boolean _ = modify(State.RTR) && modify(State.RTS);
    }

    void confirmed() {
        heardOf = true;
    }

    @Override
    void enteredError(String why) {
        if (shared == null || device.isGone()) {
            return;
        }
        if (world.oneIn(4)) {
            // A message may have been on its way into a receive.
            Receive taken = shared.take();
            if (taken != null) {
                completed(taken, Wc.FLUSHED, 0);
            }
        }
        if (device.flavor().tellsOfLastReceive()) {
            device.tell(AsyncEvent.Type.QP_LAST_WQE_REACHED, number);
        }
    }

    @Override
    boolean flushReceive() {
        Receive receive = receives.take();
        if (receive == null) {
            return false;
        }
        completed(receive, Wc.FLUSHED, 0);
        return true;
    }

    void deviceGone() {
        vanish();
        if (!device.flavor().flushesWhenGone()) {
            neverFlush();
        }
        fail("the device is gone");
    }

    @Override
    public void setMinRnrTimer(int code) throws VerbsException {
        enter("ibv_modify_qp(MIN_RNR_TIMER)");
        if (state() == State.RESET || state() == State.INIT || state() == State.ERR) {
            throw new VerbsException("ibv_modify_qp(MIN_RNR_TIMER)", toString(), VerbsException.EINVAL);
        }
        rnrTimerCode = code;
    }

    @Override
    public int maxReads() throws VerbsException {
        alive();
        device.enter(Faults.Point.QUERY_QP, "ibv_query_qp");
        return maxReads;
    }

    @Override
    public void flush() throws VerbsException {
        enter("ibv_modify_qp(ERR)");
        boolean _ = modify(State.ERR);
    }

    private void enter(String operation) throws VerbsException {
        alive();
        device.enter(Faults.Point.MODIFY, operation);
    }

    private void alive() {
        if (isClosed()) {
            throw world.violation(this + " is used after it was closed");
        }
    }

    @Override
    public void close() {
        if (isClosed()) {
            return;
        }
        world.meanwhile();
        super.close();
        receives.close();
        if (device.flavor().purgesOnDestroy()) {
            completions.purge(this);
        }
        device.remove(this);
        completions.users--;
        domain.users--;
        if (shared != null) {
            shared.users--;
        }
        world.ledger().close(this);
        onClose.run();
    }

    @Override
    public String toString() {
        return "queue pair " + number + " of " + device;
    }
}
