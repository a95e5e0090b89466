package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportOptions;

/**
 * A device in use: its protection domain, registered memory and poll groups. Confined to the acceptor, but for
 * {@link #close}.
 */
final class DeviceContext {

    private static final int PAGE_BYTES = 4096;

    private final RdmaDevice device;
    private final DeviceLimits limits;
    private final TransportOptions.Rdma options;
    private final Arena arena = Arena.ofShared();
    private final ProtectionDomain domain;
    private final MemoryRegion buffers;
    private final List<PollGroup> groups = new ArrayList<>();
    private final Map<QueueMemory.Shape, Deque<QueueMemory>> spare = new HashMap<>();
    private int connections;
    private boolean retired;

    private DeviceContext(
            RdmaDevice device,
            DeviceLimits limits,
            TransportOptions.Rdma options,
            ProtectionDomain domain,
            PoolSizes sizes)
            throws VerbsException {
        this.device = device;
        this.limits = limits;
        this.options = options;
        this.domain = domain;
        buffers = domain.register(arena.allocate(sizes.totalBytes(), PAGE_BYTES));
    }

    /** Pins the buffers of a device and makes one poll group for each reactor; all or nothing. */
    static DeviceContext open(RdmaDevice device, TransportOptions.Rdma options, List<Reactor> reactors, Waiting waiting)
            throws VerbsException {
        PoolSizes sizes = PoolSizes.of(options.common(), reactors.size());
        DeviceLimits limits = device.limits();
        ProtectionDomain domain = device.allocateProtectionDomain();
        DeviceContext made;
        try {
            made = new DeviceContext(device, limits, options, domain, sizes);
        } catch (VerbsException e) {
            domain.close();
            throw e;
        }
        try {
            for (int i = 0; i < reactors.size(); i++) {
                BufferPool pool = new BufferPool(made.buffers, i * sizes.bytesPerReactor(), sizes);
                made.groups.add(new PollGroup(device, reactors.get(i), pool, waiting));
            }
        } catch (VerbsException e) {
            made.close();
            throw e;
        }
        return made;
    }

    RdmaDevice device() {
        return device;
    }

    DeviceLimits limits() {
        return limits;
    }

    TransportOptions.Rdma options() {
        return options;
    }

    ProtectionDomain domain() {
        return domain;
    }

    /** The group with the fewest connections. */
    PollGroup leastLoaded() {
        return groups.stream()
                .min(Comparator.comparingInt(PollGroup::connections))
                .orElseThrow();
    }

    /** Memory for a queue, from one that is gone or new. */
    QueueMemory takeMemory(QueueMemory.Shape shape) throws VerbsException {
        Deque<QueueMemory> deque = spare.get(shape);
        return deque == null || deque.isEmpty() ? new QueueMemory(shape, arena, domain) : deque.pop();
    }

    void giveMemory(QueueMemory memory) {
        spare.computeIfAbsent(memory.shape(), shape -> new ArrayDeque<>()).push(memory);
    }

    void enter() {
        connections++;
    }

    void leave() {
        connections--;
    }

    /** No connection comes any more. */
    void retire() {
        retired = true;
    }

    /** Whether {@link #close} is due. */
    boolean isOver() {
        return retired && connections == 0;
    }

    /** Frees everything; no connection is left. Waits for the reactors, so not on one, nor on the acceptor. */
    void close() {
        groups.forEach(PollGroup::close);
        spare.values().forEach(deque -> deque.forEach(QueueMemory::close));
        buffers.close();
        domain.close();
        arena.close();
    }
}
