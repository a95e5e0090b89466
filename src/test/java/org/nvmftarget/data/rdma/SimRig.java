package org.nvmftarget.data.rdma;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.net.Addresses;
import org.nvmftarget.data.reactor.ReactorLoads;
import org.nvmftarget.data.target.SimTargets;
import org.nvmftarget.data.target.Target;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;
import org.nvmftarget.verbs.Flavor;
import org.nvmftarget.verbs.Ledger;
import org.nvmftarget.verbs.SimReactor;
import org.nvmftarget.verbs.SimThread;
import org.nvmftarget.verbs.SoftDevice;
import org.nvmftarget.verbs.SoftRdma;
import org.nvmftarget.verbs.World;
import org.nvmftarget.verbs.host.Disk;
import org.nvmftarget.verbs.host.NvmeHost;
import org.nvmftarget.verbs.host.NvmeQueue;

/**
 * The real target and the real RDMA transport in a simulated world: two reactors, two devices, one subsystem with one
 * namespace in memory, and a listener on each device.
 */
final class SimRig {

    static final Nqn NQN = new Nqn("nqn.2026-11.org.example:sim");
    static final Nqn HOST = new Nqn("nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555");
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final int BLOCKS = 4096;
    static final int REACTORS = 2;

    /** One for each device. */
    static final List<TransportAddress> ADDRESSES = List.of(address("10.0.0.1"), address("10.0.1.1"));

    static final List<String> DEVICES = List.of("soft0", "soft1");

    final World world;
    final SoftRdma rdma;
    final List<SimReactor> reactors;
    final SimReactor acceptor;
    final SimSurroundings surroundings = new SimSurroundings();
    final Target target;
    final Disk disk = new Disk(BLOCKS);
    final List<NvmeHost> hosts = new ArrayList<>();
    private final Flavor flavor;
    private final TransportOptions.Rdma options;
    private final int poolBytes;
    private @Nullable ReactorLoads loads;
    private long hostsMade;

    SimRig(long seed, Flavor flavor, TransportOptions.Rdma options) {
        this(seed, flavor, options, PoolSizes.TOTAL_BYTES);
    }

    /** @param poolBytes memory for data that a device gets, if that is enough for a few transfers */
    SimRig(long seed, Flavor flavor, TransportOptions.Rdma options, int poolBytes) {
        world = new World(seed);
        this.poolBytes = poolBytes;
        this.flavor = flavor;
        this.options = options;
        rdma = new SoftRdma(world);
        DEVICES.forEach(this::insert);
        reactors = IntStream.range(0, REACTORS)
                .mapToObj(i -> new SimReactor(world, "reactor-" + i))
                .toList();
        acceptor = new SimReactor(world, "acceptor");
        target = SimTargets.create(
                reactors,
                acceptor,
                Map.of(TransportType.RDMA, this::transport),
                (done, timeout) -> world.runUntil(done, timeout.toNanos()),
                new SimThread(world, "helper"));
        declare();
    }

    private TransportFactory.Created transport(TransportOptions wanted, TransportFactory.Context context) {
        loads = context.loads();
        Waiting waiting = (answer, timeoutMs) -> within(answer, timeoutMs);
        DeviceAddresses none = new DeviceAddresses(Path.of("/nonexistent"), name -> List.of());
        return new TransportFactory.Created.Ready(new RdmaTransport(
                rdma,
                (TransportOptions.Rdma) wanted,
                context,
                none,
                surroundings,
                new Means(
                        new Statistics(),
                        new Reaper(new SimThread(world, "reaper"), waiting),
                        poolBytes,
                        () -> Long.MAX_VALUE)));
    }

    private boolean within(CompletableFuture<?> answer, long timeoutMs) {
        long timeoutNs = timeoutMs > Long.MAX_VALUE / 1_000_000 ? Long.MAX_VALUE : timeoutMs * 1_000_000;
        return world.runUntil(answer::isDone, timeoutNs);
    }

    private void declare() {
        done(new Step.CreateTransport(options));
        UUID bdev = Identity.bdevUuid("malloc", "disk", "");
        done(new Step.CreateBdev(new BdevSpec.Malloc("disk", (long) BLOCKS * Disk.BLOCK, Disk.BLOCK, bdev)));
        done(new Step.CreateSubsystem(NQN, "SIM1", "nvmf-target", 32, 1, 0xFFEF));
        done(new Step.SetAllowAnyHost(NQN, true));
        UUID uuid = Identity.namespaceUuid(NQN, new Nsid(1), bdev);
        done(new Step.AddNamespace(
                NQN, new NamespaceSpec(new Nsid(1), "disk", uuid, Identity.nguid(uuid), Optional.empty())));
        ADDRESSES.forEach(address -> done(new Step.AddListener(NQN, address)));
    }

    private static TransportAddress address(String traddr) {
        return new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, traddr, 4420);
    }

    // --- the control plane -----------------------------------------------------------------------------------------

    StepResult apply(Step step) {
        return target.apply(step, PATIENCE);
    }

    void done(Step step) {
        StepResult result = apply(step);
        if (!(result instanceof StepResult.Done)) {
            throw world.violation(step + ": " + result);
        }
    }

    StepResult pause(boolean namespaceToo) {
        TreeSet<Nsid> namespaces = new TreeSet<>();
        if (namespaceToo) {
            namespaces.add(new Nsid(1));
        }
        return apply(new Step.PauseSubsystem(NQN, namespaces));
    }

    StepResult resume() {
        return apply(new Step.ResumeSubsystem(NQN));
    }

    // --- the machine -----------------------------------------------------------------------------------------------

    void insert(String device) {
        if (!rdma.hasDevice(device)) {
            String address = ADDRESSES.get(DEVICES.indexOf(device)).traddr();
            rdma.addDevice(device, flavor, SoftDevice.LIMITS, InetAddress.ofLiteral(address));
        }
    }

    /** Queue pairs that the target has. */
    int queuePairs() {
        return world.ledger().count(Ledger.Kind.QUEUE_PAIR);
    }

    /** Receives that the shared queues of the devices could hold and that are not posted. */
    int missingSharedReceives() {
        int missing = 0;
        for (String name : DEVICES) {
            SoftDevice device = rdma.device(name);
            missing += device == null ? 0 : device.missingSharedReceives();
        }
        return missing;
    }

    // --- hosts -----------------------------------------------------------------------------------------------------

    NvmeHost host(int device, NvmeHost.Profile profile) {
        return host(ADDRESSES.get(device), profile);
    }

    private NvmeHost host(TransportAddress at, NvmeHost.Profile profile) {
        InetSocketAddress local =
                new InetSocketAddress(InetAddress.ofLiteral("10.0.9." + (1 + hostsMade % 200)), 40000);
        InetSocketAddress remote = Addresses.resolve(at).orElseThrow();
        NvmeHost made = new NvmeHost(new NvmeQueue.Where(world, rdma, local, remote), profile, hostsMade++);
        hosts.add(made);
        return made;
    }

    NvmeHost host(int device, int ioQueues, int entries) {
        return host(device, new NvmeHost.Profile(NQN.value(), HOST.value(), ioQueues, entries, 10_000, 4, true));
    }

    /** With two I/O queues of 8 entries. */
    NvmeHost hostAt(TransportAddress at) {
        return host(at, new NvmeHost.Profile(NQN.value(), HOST.value(), 2, 8, 10_000, 4, true));
    }

    /** What the reactors carry. */
    ReactorLoads loads() {
        return Objects.requireNonNull(loads);
    }

    void pass(Duration time) {
        world.pass(time.toNanos());
    }

    boolean within(Duration time, java.util.function.BooleanSupplier condition) {
        return world.runUntil(condition, time.toNanos());
    }
}
