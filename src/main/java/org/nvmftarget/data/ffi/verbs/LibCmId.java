package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.Native;

/** Owner of an {@code rdma_cm_id}. */
final class LibCmId implements CmId {

    private static final int RDMA_OPTION_ID = 0;
    private static final int RDMA_OPTION_ID_AFONLY = 2;
    private static final int RDMA_OPTION_ID_ACK_TIMEOUT = 3;
    private static final int IBV_QPT_RC = 2;
    private static final int IBV_EVENT_COMM_EST = 4;

    private final Libraries lib;
    private final LibEventChannel channel;
    private final MemorySegment id;
    private boolean closed;

    LibCmId(Libraries lib, LibEventChannel channel, MemorySegment id) {
        this.lib = lib;
        this.channel = channel;
        this.id = id;
    }

    @Override
    public void bind(InetSocketAddress address) throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            if (address.getAddress() instanceof Inet6Address) {
                onlyInet6(arena, errno, address);
            }
            MemorySegment encoded = SocketAddresses.encode(address, arena);
            int result = Calls.i_PP(lib.rdmaBindAddr, errno, alive(), encoded);
            Calls.check(result, errno, "rdma_bind_addr", address.toString());
        }
    }

    /** Otherwise {@code ::} would take {@code 0.0.0.0} too, or not, as a sysctl has it. */
    private void onlyInet6(Arena arena, MemorySegment errno, InetSocketAddress address) throws VerbsException {
        MemorySegment yes = arena.allocateFrom(JAVA_INT, 1);
        setOption(errno, RDMA_OPTION_ID_AFONLY, yes, "rdma_set_option(AFONLY)", address);
    }

    @Override
    public void setAckTimeout(int code) throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(JAVA_BYTE, (byte) code);
            setOption(
                    Calls.errno(arena),
                    RDMA_OPTION_ID_ACK_TIMEOUT,
                    value,
                    "rdma_set_option(ACK_TIMEOUT)",
                    peerAddress());
        }
    }

    private void setOption(MemorySegment errno, int name, MemorySegment value, String operation, Object object)
            throws VerbsException {
        int result = Calls.i_PIIPL(lib.rdmaSetOption, errno, alive(), RDMA_OPTION_ID, name, value, value.byteSize());
        Calls.check(result, errno, operation, object.toString());
    }

    @Override
    public void listen(int backlog) throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            int result = Calls.i_PI(lib.rdmaListen, errno, alive(), backlog);
            Calls.check(result, errno, "rdma_listen", localAddress().toString());
        }
    }

    @Override
    public @Nullable RdmaDevice device() {
        MemorySegment context = alive().get(ADDRESS, CmLayouts.CM_ID_VERBS_OFFSET);
        return context.address() == 0 ? null : LibDevice.open(lib, context);
    }

    @Override
    public InetSocketAddress localAddress() {
        return SocketAddresses.decode(alive().asSlice(CmLayouts.CM_ID_SRC_ADDR_OFFSET, CmLayouts.SOCKADDR_BYTES));
    }

    @Override
    public InetSocketAddress peerAddress() {
        return SocketAddresses.decode(alive().asSlice(CmLayouts.CM_ID_DST_ADDR_OFFSET, CmLayouts.SOCKADDR_BYTES));
    }

    @Override
    public RcQueuePair createQueuePair(ProtectionDomain domain, QueuePairSpec spec) throws VerbsException {
        LibProtectionDomain pd = (LibProtectionDomain) domain;
        MemorySegment cq = ((LibCompletionQueue) spec.completions()).cq();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment attr = arena.allocate(VerbsLayouts.QP_INIT_ATTR);
            attr.set(ADDRESS, VerbsLayouts.INIT_SEND_CQ_OFFSET, cq);
            attr.set(ADDRESS, VerbsLayouts.INIT_RECV_CQ_OFFSET, cq);
            if (spec.receives() instanceof LibSharedReceiveQueue shared) {
                attr.set(ADDRESS, VerbsLayouts.INIT_SRQ_OFFSET, shared.srq());
            }
            attr.set(JAVA_INT, VerbsLayouts.INIT_MAX_SEND_WR_OFFSET, spec.maxSendWr());
            attr.set(JAVA_INT, VerbsLayouts.INIT_MAX_RECV_WR_OFFSET, spec.maxRecvWr());
            attr.set(JAVA_INT, VerbsLayouts.INIT_MAX_SEND_SGE_OFFSET, spec.maxSendSge());
            attr.set(JAVA_INT, VerbsLayouts.INIT_MAX_RECV_SGE_OFFSET, spec.maxRecvSge());
            attr.set(JAVA_INT, VerbsLayouts.INIT_QP_TYPE_OFFSET, IBV_QPT_RC);
            int result = Calls.i_PPP(lib.rdmaCreateQp, errno, alive(), pd.pd(), attr);
            Calls.check(
                    result,
                    errno,
                    "rdma_create_qp",
                    "a connection of " + pd.device().name());
            MemorySegment qp = id.get(ADDRESS, CmLayouts.CM_ID_QP_OFFSET);
            return new LibQueuePair(
                    lib,
                    pd.device().ops(),
                    Native.sized(qp, VerbsLayouts.QP.byteSize()),
                    () -> Calls.v_P(lib.rdmaDestroyQp, alive()));
        }
    }

    @Override
    public void accept(byte[] privateData, int responderResources, int initiatorDepth, int rnrRetryCount)
            throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment param = arena.allocate(CmLayouts.CONN_PARAM);
            MemorySegment data = arena.allocateFrom(JAVA_BYTE, privateData);
            param.set(ADDRESS, CmLayouts.PRIVATE_DATA_OFFSET, data);
            param.set(JAVA_BYTE, CmLayouts.PRIVATE_DATA_LEN_OFFSET, (byte) checkedLength(privateData, 196));
            param.set(JAVA_BYTE, CmLayouts.RESPONDER_RESOURCES_OFFSET, (byte) responderResources);
            param.set(JAVA_BYTE, CmLayouts.INITIATOR_DEPTH_OFFSET, (byte) initiatorDepth);
            param.set(JAVA_BYTE, CmLayouts.FLOW_CONTROL_OFFSET, (byte) 1);
            param.set(JAVA_BYTE, CmLayouts.RNR_RETRY_COUNT_OFFSET, (byte) rnrRetryCount);
            int result = Calls.i_PP(lib.rdmaAccept, errno, alive(), param);
            Calls.check(result, errno, "rdma_accept", peerAddress().toString());
        }
    }

    @Override
    public void confirm() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            int result = Calls.i_PI(lib.rdmaNotify, errno, alive(), IBV_EVENT_COMM_EST);
            Calls.check(result, errno, "rdma_notify", peerAddress().toString());
        }
    }

    @Override
    public void reject(byte[] privateData) throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment data = arena.allocateFrom(JAVA_BYTE, privateData);
            int result = Calls.i_PPB(lib.rdmaReject, errno, alive(), data, checkedLength(privateData, 148));
            Calls.check(result, errno, "rdma_reject", peerAddress().toString());
        }
    }

    private static int checkedLength(byte[] privateData, int limit) {
        if (privateData.length > limit) {
            throw new IllegalArgumentException(privateData.length + " bytes of private data, at most " + limit);
        }
        return privateData.length;
    }

    @Override
    public void disconnect() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            int result = Calls.i_P(lib.rdmaDisconnect, errno, alive());
            Calls.check(result, errno, "rdma_disconnect", peerAddress().toString());
        }
    }

    private MemorySegment alive() {
        if (closed) {
            throw new IllegalStateException("the connection id is closed");
        }
        return id;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        // Before the memory goes: another id may soon have the same address.
        channel.forget(id.address());
        try (Arena arena = Arena.ofConfined()) {
            // It fails only where the device is gone, and has freed the id even then.
            int _ = Calls.i_P(lib.rdmaDestroyId, Calls.errno(arena), id);
        }
    }
}
