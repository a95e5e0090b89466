package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorLoads;
import org.nvmftarget.model.TransportOptions;

/**
 * A device in use: its protection domain, registered memory and poll groups. Confined to the acceptor, but for
 * {@link #close}.
 */
final class DeviceContext {

    private static final int PAGE_BYTES = 4096;

    private final RdmaDevice device;
    private final DeviceHold hold;
    private final DeviceLimits limits;
    private final TransportOptions.Rdma options;
    private final Arena arena = Arena.ofShared();
    private final ProtectionDomain domain;
    private final MemoryRegion buffers;
    private final List<PollGroup> groups = new ArrayList<>();
    private int connections;
    private boolean retired;

    private DeviceContext(
            RdmaDevice device,
            DeviceHold hold,
            DeviceLimits limits,
            TransportOptions.Rdma options,
            ProtectionDomain domain,
            PoolSizes sizes)
            throws VerbsException {
        this.device = device;
        this.hold = hold;
        this.limits = limits;
        this.options = options;
        this.domain = domain;
        try {
            buffers = domain.register(arena.allocate(sizes.totalBytes(), PAGE_BYTES));
        } catch (VerbsException e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Pins the memory of a device and makes one poll group for each reactor; all or nothing.
     *
     * @param hold the context's, once it is made
     * @param onLoss runs on a reactor when the context has lost what new connections would need: {@link Devices#retire}
     */
    static DeviceContext open(
            RdmaDevice device,
            DeviceHold hold,
            TransportOptions.Rdma options,
            List<Reactor> reactors,
            Means means,
            Consumer<DeviceContext> onLoss)
            throws VerbsException, UnfitException {
        PoolSizes sizes = PoolSizes.of(options.common(), reactors.size(), means.poolBytes());
        DeviceLimits limits = device.limits();
        check(
                device.name(),
                limits,
                options,
                reactors.size(),
                means.availableBytes().getAsLong());
        ProtectionDomain domain = device.allocateProtectionDomain();
        DeviceContext made;
        try {
            made = new DeviceContext(device, hold, limits, options, domain, sizes);
        } catch (VerbsException e) {
            domain.close();
            throw e;
        }
        try {
            for (int i = 0; i < reactors.size(); i++) {
                Reactor reactor = reactors.get(i);
                DeviceStats stats = means.statistics().of(reactor, device.name());
                made.groups.add(PollGroup.open(
                        made.plan(sizes, i), reactor, stats, means.reaper().waiting(), () -> onLoss.accept(made)));
            }
        } catch (VerbsException e) {
            made.close();
            throw e;
        }
        return made;
    }

    static void check(
            String device, DeviceLimits limits, TransportOptions.Rdma options, int reactors, long availableBytes)
            throws UnfitException {
        Optional<String> problem = new DeviceFit(device, limits, options, reactors, availableBytes).problem();
        if (problem.isPresent()) {
            throw new UnfitException(problem.get());
        }
    }

    /** Whether new connections may come here when the options are {@code wanted}: nothing that is shared differs. */
    boolean isMadeFor(TransportOptions.Rdma wanted) {
        return options.common().maxIoSizeBytes() == wanted.common().maxIoSizeBytes()
                && options.common().inCapsuleDataSizeBytes() == wanted.common().inCapsuleDataSizeBytes()
                && options.maxSrqDepth() == wanted.maxSrqDepth()
                && options.noSrq() == wanted.noSrq()
                && options.numCqe() == wanted.numCqe()
                && options.dataWrPoolSize() == wanted.dataWrPoolSize();
    }

    /** Of {@code data_wr_pool_size}, the first reactors get one more where it cannot be dealt out evenly. */
    private PollGroup.Plan plan(PoolSizes sizes, int index) {
        int wrs = options.dataWrPoolSize() / sizes.reactors()
                + (index < options.dataWrPoolSize() % sizes.reactors() ? 1 : 0);
        return new PollGroup.Plan(
                device,
                limits,
                domain,
                arena,
                options,
                sizes,
                buffers,
                index * sizes.bytesPerReactor(),
                wrs,
                DeviceFit.cqEntries(options, limits));
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

    /** The group on the least loaded reactor of those that have receives left for a queue; null if none has. */
    @Nullable
    PollGroup leastLoaded(int entries, ReactorLoads loads) {
        return groups.stream()
                .filter(group -> group.unpromisedReceives() >= entries)
                .min(Comparator.comparingLong(group -> loads.of(group.reactor())))
                .orElse(null);
    }

    /** Why there is no group for one more queue: its host's commands could find no receive and hold up all others. */
    String uncovered(int entries) {
        int most = groups.stream().mapToInt(PollGroup::unpromisedReceives).max().orElse(0);
        return "max_srq_depth " + options.maxSrqDepth() + " does not cover one more queue of " + entries
                + " entries on " + device.name() + ": of its " + groups.size()
                + " shared receive queues, the one with most left has " + most + " receives that no queue was promised";
    }

    /** Something happened to an object of the device; the queues that it concerns are told. */
    void happened(AsyncEvent event) {
        groups.forEach(group -> group.reactor().execute(() -> group.happened(event)));
    }

    /** Memory for a queue of {@code group}. */
    QueueMemory takeMemory(PollGroup group, QueueMemory.Shape shape) throws VerbsException {
        return group.takeMemory(shape, arena, domain);
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
        buffers.close();
        domain.close();
        arena.close();
        hold.close();
    }
}
