package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.DiskMemory;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorOptions;
import org.nvmftarget.data.target.NamespaceStore;
import org.nvmftarget.data.target.Target;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.initiator.Host;
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

/** The real target over TCP loopback: one subsystem, one malloc namespace, one listener, any host. */
final class TargetRig implements AutoCloseable {

    static final Nqn NQN = new Nqn("nqn.2026-11.org.example:tcp");
    static final Nqn HOST = new Nqn("nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555");
    static final int BLOCK = 512;
    static final long DISK_BYTES = 16 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    private final List<EpollReactor> reactors;
    private final EpollReactor acceptor = start("acceptor");
    private final AtomicReference<@Nullable TcpTransport> transport = new AtomicReference<>();
    final Target target;
    final TransportAddress address = newAddress();

    TargetRig() {
        this(NamespaceStore.NONE);
    }

    TargetRig(NamespaceStore store) {
        this(store, 2);
    }

    TargetRig(NamespaceStore store, int reactorCount) {
        reactors = IntStream.range(0, reactorCount)
                .mapToObj(i -> start("data-" + i))
                .toList();
        TransportFactory tcp = TcpTransport.factory(TcpRig.quick(), PoolSizes.DEFAULTS);
        TransportFactory remembered = (options, context) -> {
            TransportFactory.Created created = tcp.create(options, context);
            transport.set((TcpTransport) ((TransportFactory.Created.Ready) created).transport());
            return created;
        };
        target = new Target(reactors, acceptor, Map.of(TransportType.TCP, remembered), 7, store, DiskMemory.NONE);
        apply(new Step.CreateTransport(options()));
        apply(new Step.CreateSubsystem(NQN, "NT1", "nvmf-target", 32, 1, 0xFFEF));
        pause();
        addNamespace(1);
        apply(new Step.SetAllowAnyHost(NQN, true));
        apply(new Step.AddListener(NQN, address));
        resume();
    }

    /** The first of those that serve queues. */
    Reactor reactor() {
        return reactors.getFirst();
    }

    /** SPDK's defaults, but keep-alive timeouts that a test can wait for. */
    private static TransportOptions.Tcp options() {
        TransportOptions.Tcp defaults = TransportOptions.tcp();
        TransportOptions.Common common = defaults.common();
        TransportOptions.Common quick = new TransportOptions.Common(
                common.maxQueueDepth(),
                common.maxIoQpairsPerCtrlr(),
                common.inCapsuleDataSizeBytes(),
                common.maxAqDepth(),
                common.maxIoSizeBytes(),
                0,
                1,
                100,
                1);
        return new TransportOptions.Tcp(quick, true, 0, 32);
    }

    private EpollReactor start(String name) {
        return EpollReactor.start(ReactorOptions.of(name, (reactor, thrown) -> fatal.complete(thrown)));
    }

    static TransportAddress newAddress() {
        return new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.1", TcpRig.freePort());
    }

    static InetSocketAddress socket(TransportAddress address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address.traddr()), address.trsvcid());
    }

    void apply(Step step) {
        assertEquals(StepResult.DONE, target.apply(step, PATIENCE), step.action());
    }

    /** With no nsids, the admin scope. */
    void pause(int... nsids) {
        TreeSet<Nsid> namespaces = new TreeSet<>();
        IntStream.of(nsids).forEach(nsid -> namespaces.add(new Nsid(nsid)));
        apply(new Step.PauseSubsystem(NQN, namespaces));
    }

    void resume() {
        apply(new Step.ResumeSubsystem(NQN));
    }

    /** Makes a bdev and adds it; the subsystem is paused. */
    void addNamespace(int nsid) {
        String name = "disk" + nsid;
        UUID bdev = Identity.bdevUuid("malloc", name, "");
        apply(new Step.CreateBdev(new BdevSpec.Malloc(name, DISK_BYTES, BLOCK, bdev)));
        UUID uuid = Identity.namespaceUuid(NQN, new Nsid(nsid), bdev);
        apply(new Step.AddNamespace(
                NQN, new NamespaceSpec(new Nsid(nsid), name, uuid, Identity.nguid(uuid), Optional.empty())));
    }

    Host host() throws IOException {
        return host(address, 0);
    }

    /** A host with an identifier of its own. */
    Host host(UUID hostId) throws IOException {
        return Host.connect(socket(address), NQN.value(), HOST.value(), hostId, 0);
    }

    Host host(TransportAddress at, int katoMs) throws IOException {
        return Host.connect(socket(at), NQN.value(), HOST.value(), katoMs);
    }

    void assertNothingLeft() {
        TcpTransport tcp = Objects.requireNonNull(transport.get());
        TcpRig.await("every connection gone", () -> tcp.connectionCount() == 0);
        assertEquals(0, tcp.inUse(), "requests and buffers in use");
        TcpRig.await(
                "every controller gone",
                () -> target.snapshot().subsystems().values().stream()
                        .allMatch(subsystem -> subsystem.controllers().isEmpty()));
    }

    @Override
    public void close() {
        target.stop(PATIENCE);
        acceptor.close();
        reactors.forEach(EpollReactor::close);
        assertEquals(null, fatal.getNow(null));
    }
}
