package org.nvmftarget.verbs;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmEvent;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.QueuePairSpec;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** An id of the program: a listener, or the passive end of a connection. */
final class SoftCmId implements CmId, Ledger.OfDevice {

    /** Where an id is. */
    private enum State {
        IDLE,
        BOUND,
        LISTENING,
        /** A host has asked for it. */
        REQUESTED,
        /** The host is being told; it has not confirmed yet. */
        ACCEPTED,
        ESTABLISHED,
        /** This side has asked for the end. */
        DISCONNECTING,
        OVER
    }

    private static final int ETIMEDOUT = 110;
    private static final int REQUEST_DATA_BYTES = 56;
    private static final int ACCEPT_DATA_BYTES = 196;
    private static final int REJECT_DATA_BYTES = 148;

    private final SoftRdma rdma;
    private final World world;
    private final SoftEventChannel channel;
    private final int number;
    private State state = State.IDLE;
    private @Nullable InetSocketAddress local;
    private @Nullable InetSocketAddress peer;
    private @Nullable SoftDevice device;
    private @Nullable HostLink link;
    private @Nullable SoftQueuePair qp;
    private int backlog;
    private int waiting;
    private boolean closed;

    SoftCmId(SoftRdma rdma, SoftEventChannel channel) {
        this.rdma = rdma;
        this.channel = channel;
        world = rdma.world();
        number = (int) world.ledger().opened();
        channel.users++;
        rdma.add(this);
        world.ledger().open(Ledger.Kind.ID, this);
    }

    // --- what others ask -------------------------------------------------------------------------------------------

    @Nullable
    InetSocketAddress boundTo() {
        return state == State.BOUND || state == State.LISTENING ? local : null;
    }

    boolean isListening() {
        return state == State.LISTENING;
    }

    boolean isOn(SoftDevice which) {
        return which.equals(device) && !closed;
    }

    boolean isAt(InetAddress address) {
        return !closed && local != null && local.getAddress().equals(address);
    }

    /** The program has closed it, and its queue pair before. */
    boolean isDone() {
        return closed;
    }

    @Override
    public @Nullable SoftDevice device() {
        return device;
    }

    private void tell(CmEvent.Type type, int status) {
        if (!closed) {
            channel.add(new CmEvent(type, this, null, status, null));
        }
    }

    // --- listening -------------------------------------------------------------------------------------------------

    private void enter(Faults.Point point, String operation) throws VerbsException {
        world.meanwhile();
        alive();
        int errno = world.faults().at(point);
        if (errno == 0 && device != null && device.isGone()) {
            errno = VerbsException.ENODEV;
        }
        if (errno != 0) {
            throw new VerbsException(operation, toString(), errno);
        }
    }

    @Override
    public void bind(InetSocketAddress address) throws VerbsException {
        enter(Faults.Point.BIND, "rdma_bind_addr");
        int errno = state == State.IDLE ? rdma.bindFault(address) : VerbsException.EINVAL;
        if (errno != 0) {
            throw new VerbsException("rdma_bind_addr", address.toString(), errno);
        }
        local = address;
        device = address.getAddress().isAnyLocalAddress() ? null : rdma.owner(address.getAddress());
        state = State.BOUND;
        if (device != null) {
            rdma.isUsed(device);
        }
    }

    @Override
    public void listen(int most) throws VerbsException {
        enter(Faults.Point.LISTEN, "rdma_listen");
        if (state != State.BOUND) {
            throw new VerbsException("rdma_listen", toString(), VerbsException.EINVAL);
        }
        backlog = most;
        state = State.LISTENING;
    }

    /** A host's request has arrived for this listener. */
    void requested(HostLink from, byte[] privateData, int hostReads, int hostRnrRetries) {
        SoftDevice on = device == null ? rdma.owner(from.remote().getAddress()) : device;
        if (on == null || on.isGone()) {
            return;
        }
        if (waiting >= backlog) {
            world.note("backlog full", waiting);
            return;
        }
        waiting++;
        SoftCmId child = new SoftCmId(rdma, channel);
        child.state = State.REQUESTED;
        child.local = from.remote();
        child.peer = from.local();
        child.device = on;
        child.link = from;
        rdma.isUsed(on);
        from.reached(child);
        byte[] padded = Arrays.copyOf(privateData, REQUEST_DATA_BYTES);
        CmEvent.Connect connect =
                new CmEvent.Connect(MemorySegment.ofArray(padded).asReadOnly(), 0, hostReads, hostRnrRetries);
        channel.add(new CmEvent(CmEvent.Type.CONNECT_REQUEST, child, this, 0, connect));
        child.onAnswered = () -> waiting--;
    }

    private Runnable onAnswered = () -> {};

    private void answered() {
        onAnswered.run();
        onAnswered = () -> {};
    }

    // --- a connection's life ---------------------------------------------------------------------------------------

    @Override
    public RcQueuePair createQueuePair(ProtectionDomain domain, QueuePairSpec spec) throws VerbsException {
        enter(Faults.Point.CREATE_QP, "rdma_create_qp");
        SoftDomain pd = (SoftDomain) domain;
        boolean fits = device != null
                && pd.device().equals(device)
                && spec.maxSendWr() <= device.limitsUnchecked().maxQpWr()
                && spec.maxRecvWr() <= device.limitsUnchecked().maxQpWr()
                && spec.maxSendSge() <= device.limitsUnchecked().maxSge()
                && spec.maxRecvSge() <= device.limitsUnchecked().maxSge();
        if (qp != null || !fits) {
            throw new VerbsException("rdma_create_qp", toString(), VerbsException.EINVAL);
        }
        SoftQueuePair made = new SoftQueuePair(pd, spec, () -> qp = null);
        qp = made;
        return made;
    }

    @Override
    public void setAckTimeout(int code) throws VerbsException {
        enter(Faults.Point.ACK_TIMEOUT, "rdma_set_option(ACK_TIMEOUT)");
        if (code < 1 || code > 31) {
            throw new VerbsException("rdma_set_option(ACK_TIMEOUT)", toString(), VerbsException.EINVAL);
        }
    }

    @Override
    public void accept(byte[] privateData, int responderResources, int initiatorDepth, int rnrRetryCount)
            throws VerbsException {
        checkLength(privateData, ACCEPT_DATA_BYTES);
        enter(Faults.Point.ACCEPT, "rdma_accept");
        SoftQueuePair made = qp;
        HostLink host = link;
        boolean fits = device != null
                && initiatorDepth <= device.limitsUnchecked().maxQpInitRdAtom()
                && responderResources <= device.limitsUnchecked().maxQpRdAtom();
        if (state != State.REQUESTED || made == null || host == null || !fits) {
            throw new VerbsException("rdma_accept", toString(), VerbsException.EINVAL);
        }
        answered();
        state = State.ACCEPTED;
        made.connect(host.endpoint(), initiatorDepth, host.rnrRetries());
        host.accepted(made, Arrays.copyOf(privateData, ACCEPT_DATA_BYTES), rnrRetryCount);
    }

    /** The host confirms, perhaps long after its first message. */
    void confirmed() {
        if (state == State.ACCEPTED) {
            state = State.ESTABLISHED;
            if (qp != null) {
                qp.confirmed();
            }
            CmEvent.Connect none =
                    new CmEvent.Connect(MemorySegment.ofArray(new byte[0]).asReadOnly(), 0, 0, 0);
            if (!closed) {
                channel.add(new CmEvent(CmEvent.Type.ESTABLISHED, this, null, 0, none));
            }
        }
    }

    @Override
    public void confirm() throws VerbsException {
        world.meanwhile();
        alive();
        if (state != State.ACCEPTED) {
            throw new VerbsException("rdma_notify", toString(), VerbsException.EINVAL);
        }
        confirmed();
    }

    /** The host never confirmed. */
    void unconfirmed() {
        if (state == State.ACCEPTED) {
            state = State.OVER;
            tell(CmEvent.Type.UNREACHABLE, -ETIMEDOUT);
        }
    }

    /** The host has given up before it was established. */
    void withdrawn() {
        if (state == State.REQUESTED || state == State.ACCEPTED) {
            answered();
            state = State.OVER;
            tell(CmEvent.Type.REJECTED, 4);
        }
    }

    @Override
    public void reject(byte[] privateData) throws VerbsException {
        checkLength(privateData, REJECT_DATA_BYTES);
        enter(Faults.Point.REJECT, "rdma_reject");
        if (state != State.REQUESTED || link == null) {
            throw new VerbsException("rdma_reject", toString(), VerbsException.EINVAL);
        }
        answered();
        state = State.OVER;
        link.rejected(HostLink.CONSUMER_DEFINED, Arrays.copyOf(privateData, REJECT_DATA_BYTES));
    }

    private static void checkLength(byte[] privateData, int limit) {
        if (privateData.length > limit) {
            throw new IllegalArgumentException(privateData.length + " bytes of private data, at most " + limit);
        }
    }

    @Override
    public void disconnect() throws VerbsException {
        enter(Faults.Point.DISCONNECT, "rdma_disconnect");
        if (qp != null && !qp.isClosed()) {
            boolean _ = qp.modify(RcEndpoint.State.ERR);
        }
        if (state == State.ESTABLISHED && link != null) {
            state = State.DISCONNECTING;
            link.disconnectedByTarget();
        } else if (state != State.OVER && state != State.DISCONNECTING && state != State.ACCEPTED) {
            throw new VerbsException("rdma_disconnect", toString(), VerbsException.EINVAL);
        }
    }

    /** The host disconnects, or has answered to our disconnect, or has never answered. */
    void disconnectedByHost() {
        if (state == State.ACCEPTED || state == State.ESTABLISHED || state == State.DISCONNECTING) {
            state = State.OVER;
            tell(CmEvent.Type.DISCONNECTED, 0);
            world.hardware(world.between(1_000_000, 200_000_000), () -> tell(CmEvent.Type.TIMEWAIT_EXIT, 0));
        }
    }

    void deviceRemoved() {
        if (state != State.OVER || qp != null) {
            tell(CmEvent.Type.DEVICE_REMOVAL, 0);
        }
    }

    void addressChanged() {
        tell(CmEvent.Type.ADDR_CHANGE, 0);
    }

    // --- ends ------------------------------------------------------------------------------------------------------

    private void alive() {
        if (closed) {
            throw world.violation(this + " is used after it was closed");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        world.meanwhile();
        if (qp != null) {
            throw world.violation(this + " is closed before its queue pair");
        }
        closed = true;
        channel.forget(this).forEach(SoftCmId::dropUnseen);
        letHostKnow();
        state = State.OVER;
        channel.users--;
        world.ledger().close(this);
        rdma.remove(this);
    }

    /** The kernel refuses what nobody will ever read of. */
    private void dropUnseen() {
        close();
    }

    private void letHostKnow() {
        if (link == null || device == null || device.isGone()) {
            return;
        }
        if (state == State.REQUESTED) {
            answered();
            link.rejected(HostLink.CONSUMER_DEFINED, new byte[REJECT_DATA_BYTES]);
        } else if (state == State.ESTABLISHED) {
            link.disconnectedByTarget();
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        alive();
        return Objects.requireNonNull(local);
    }

    @Override
    public InetSocketAddress peerAddress() {
        alive();
        return Objects.requireNonNull(peer);
    }

    @Override
    public String toString() {
        return "id " + number + " (" + state + ", " + local + (peer == null ? "" : " from " + peer) + ")";
    }

    @Override
    public int hashCode() {
        // Not the object's own, which differs from run to run.
        return number;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }
}
