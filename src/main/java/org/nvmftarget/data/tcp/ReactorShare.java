package org.nvmftarget.data.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.nvmftarget.data.ffi.libc.ScatterList;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportOptions;

/** What the transport has on one reactor: its connections there, and the memory that they share. */
final class ReactorShare {

    /** Data of admin and fabrics commands that a capsule may always carry (section 3.4.3 of the specification). */
    static final int CONTROL_CAPSULE_BYTES = 8192;

    /** Bytes of a connection's receive buffer. */
    static final int RECEIVE_BYTES = 16384;

    private static final int SCRATCH_BYTES = 65536;
    private static final int PIECES = 96;

    private final Reactor reactor;
    private final ShareMemory memory = new ShareMemory();
    private final PoolSizes sizes;
    private final Slabs slabs;
    private final Map<Integer, BufferPool> buffers = new HashMap<>();
    private final Map<Integer, RequestPool> requests = new HashMap<>();
    private final Deque<MemorySegment> receiveBuffers = new ArrayDeque<>();
    private final Set<TcpConnection> connections = new LinkedHashSet<>();
    private final ScatterList list = new ScatterList(PIECES, Arena.ofAuto());
    private final MemorySegment scratch = Arena.ofAuto().allocate(SCRATCH_BYTES);
    private final AtomicInteger load = new AtomicInteger();

    ReactorShare(Reactor reactor, PoolSizes sizes) {
        this.reactor = reactor;
        this.sizes = sizes;
        slabs = new Slabs(reactor.dataMemory());
        memory.allocated(SCRATCH_BYTES);
    }

    ShareMemory memory() {
        return memory;
    }

    Reactor reactor() {
        return reactor;
    }

    /** Connections that were given to this reactor and are not gone; counted up by the acceptor. */
    AtomicInteger load() {
        return load;
    }

    BufferPool buffers(TransportOptions.Tcp options) {
        return buffers.computeIfAbsent(
                options.common().maxIoSizeBytes(),
                largeBytes ->
                        new BufferPool(largeBytes, sizes.smallCount(), sizes.largeCount(largeBytes), memory, slabs));
    }

    /** Requests for the I/O commands of a queue. */
    RequestPool ioRequests(TransportOptions.Tcp options) {
        return requests.computeIfAbsent(
                options.common().inCapsuleDataSizeBytes(),
                capsuleBytes -> new RequestPool(capsuleBytes, 0, memory, slabs));
    }

    /** Requests for admin and fabrics commands. */
    RequestPool controlRequests(TransportOptions.Tcp options) {
        return requests.computeIfAbsent(
                Math.max(CONTROL_CAPSULE_BYTES, options.common().inCapsuleDataSizeBytes()),
                capsuleBytes -> new RequestPool(capsuleBytes, options.controlMsgNum(), memory, slabs));
    }

    MemorySegment takeReceiveBuffer() {
        MemorySegment free = receiveBuffers.poll();
        if (free != null) {
            return free;
        }
        memory.allocated(RECEIVE_BYTES);
        return Arena.ofAuto().allocate(RECEIVE_BYTES, Long.BYTES);
    }

    void giveReceiveBuffer(MemorySegment buffer) {
        receiveBuffers.push(buffer);
    }

    /** Memory to receive into what nobody wants. */
    MemorySegment scratch() {
        return scratch;
    }

    ScatterList list() {
        return list;
    }

    void add(TcpConnection connection) {
        connections.add(connection);
    }

    void remove(TcpConnection connection) {
        if (connections.remove(connection)) {
            load.decrementAndGet();
        }
    }

    List<TcpConnection> connections() {
        return List.copyOf(connections);
    }

    /** The transport is gone: what is still under way ends by itself. */
    void close() {
        slabs.forget();
    }

    /** Requests and data buffers that are in use: what a leak would show. */
    int inUse() {
        return requests.values().stream().mapToInt(RequestPool::used).sum()
                + buffers.values().stream().mapToInt(BufferPool::used).sum();
    }
}
