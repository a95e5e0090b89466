package org.nvmftarget.data.target;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.bdev.Bdevs;
import org.nvmftarget.data.bdev.DiskMemory;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.LiveState.SubsystemState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TargetControl;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An NVMe over Fabrics target: carries out steps, and gives transports the core of each queue. */
public final class Target implements TargetControl {

    /** How long to wait for reactors to take in that a listener is lost. */
    private static final Duration LOSS_TIMEOUT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Target.class);

    private final List<Reactor> reactors;
    private final Reactor acceptor;
    private final int cntlidOffset;
    private final Barrier.Wait wait;
    private final Executor helpers;
    private final BdevRegistry bdevs;
    private final BdevWatch bdevWatch;
    private final TransportRegistry transports;
    private final HostKeyring keyring;
    private final Authentications authentications;
    private final NamespaceChanges changes;
    private final Discovery discovery;
    private final SubsystemSteps steps;
    private final NamespaceSteps namespaceSteps;
    private final ListenerSteps listenerSteps;
    private final List<ReactorStats> stats;
    private final Set<CorePair> pairs = ConcurrentHashMap.newKeySet();
    /** Subsystems that were here: one may be on its way back, so its hosts get no DNR. */
    private final Set<Nqn> removed = ConcurrentHashMap.newKeySet();

    /** Kept when a subsystem is removed: hosts that had controllers of it may be on their way back. */
    private final Map<Nqn, ControllerIds> cntlids = new ConcurrentHashMap<>();

    private final ConcurrentNavigableMap<Nqn, Subsystem> subsystems = new ConcurrentSkipListMap<>();
    private volatile boolean stopping;
    /** By the reactors' clock; 0 until one of them has told. */
    private volatile long startedNs;

    /**
     * @param reactors where queues live; at least one
     * @param acceptor where transports accept connections
     * @param factories the transports that there can be
     * @param cntlidOffset where controller ids begin in each subsystem's range: another number at every start, so that
     *     no id comes back while a host still reconnects under it
     */
    public Target(
            List<? extends Reactor> reactors,
            Reactor acceptor,
            Map<TransportType, TransportFactory> factories,
            int cntlidOffset) {
        this(reactors, acceptor, factories, cntlidOffset, NamespaceStore.NONE, DiskMemory.NONE);
    }

    /**
     * @param store keeps what hosts set on namespaces
     * @param disks remembers what files and block devices were
     */
    public Target(
            List<? extends Reactor> reactors,
            Reactor acceptor,
            Map<TransportType, TransportFactory> factories,
            int cntlidOffset,
            NamespaceStore store,
            DiskMemory disks) {
        this(
                reactors,
                acceptor,
                factories,
                cntlidOffset,
                (latch, timeout) -> latch.await(timeout.toNanos(), TimeUnit.NANOSECONDS),
                store,
                disks,
                task -> Thread.ofVirtual().name("target-helper").start(task));
    }

    /**
     * @param wait how a step waits for the reactors
     * @param helpers run what may block
     */
    Target(
            List<? extends Reactor> reactors,
            Reactor acceptor,
            Map<TransportType, TransportFactory> factories,
            int cntlidOffset,
            Barrier.Wait wait,
            NamespaceStore store,
            DiskMemory disks,
            Executor helpers) {
        this.reactors = List.copyOf(reactors);
        this.acceptor = acceptor;
        stats = this.reactors.stream().map(r -> new ReactorStats(r.name())).toList();
        this.cntlidOffset = cntlidOffset;
        this.wait = wait;
        this.helpers = helpers;
        Reactor clock = this.reactors.getFirst();
        clock.execute(() -> startedNs = clock.nowNs());
        Bdevs maker = new Bdevs(this.reactors, disks);
        bdevs = new BdevRegistry(maker);
        transports = new TransportRegistry(
                factories, new TransportFactory.Context(this.reactors, acceptor, this::open), this::listenerLost);
        keyring = new HostKeyring(transports::outsideEvent);
        authentications = new Authentications(
                keyring, Computations.on(helpers, Runtime.getRuntime().availableProcessors()), new SecureRandom());
        changes = new NamespaceChanges(store, helpers, wait);
        discovery = new Discovery(this, this.reactors, cntlidOffset);
        SubsystemLocks locks = new SubsystemLocks(this);
        steps = new SubsystemSteps(this, locks, bdevs, transports, keyring);
        namespaceSteps = new NamespaceSteps(locks, bdevs, changes, reactors.size());
        listenerSteps = new ListenerSteps(this, locks, transports);
        bdevWatch = new BdevWatch(maker, acceptor, this::changedByItself, transports::outsideEvent);
    }

    @Override
    public LiveState snapshot() {
        SortedMap<Nqn, SubsystemSpec> specs = new TreeMap<>();
        SortedMap<Nqn, LiveState.Subsystem> live = new TreeMap<>();
        subsystems.forEach((nqn, subsystem) -> {
            specs.put(nqn, keyring.seen(subsystem.view().spec));
            live.put(nqn, subsystem.live());
        });
        live.put(Nqn.DISCOVERY, discovery.subsystem().live());
        return new LiveState(
                new TargetConfig(transports.options(), bdevs.specs(), specs, discovery.spec()),
                live,
                stats(),
                bdevs.disks());
    }

    @Override
    public Activity activity() {
        return new Activity(System.nanoTime(), bdevs.activity(), bdevs.events());
    }

    @Override
    public EventLoops eventLoops() {
        return new EventLoops(reactors.stream().map(Target::loop).toList(), List.of(loop(acceptor)));
    }

    @Override
    public Optional<IoLatencies> latencies(String bdev) {
        return bdevs.latencies(bdev);
    }

    private static EventLoops.EventLoop loop(Reactor reactor) {
        Reactor.Times times = reactor.times();
        return new EventLoops.EventLoop(
                reactor.name(),
                times.cpu(),
                times.tid(),
                times.busyNs(),
                times.idleNs(),
                times.turns(),
                times.busyTurns());
    }

    @Override
    public LiveState.Stats stats() {
        List<LiveState.PollGroup> groups = new ArrayList<>();
        for (int i = 0; i < reactors.size(); i++) {
            groups.add(stats.get(i).live(transports.stats(reactors.get(i))));
        }
        return new LiveState.Stats(groups);
    }

    @Override
    public Optional<StepResult.Waiting> probe(Step step) {
        return switch (step) {
            case Step.AddListener s -> transports.probe(s.address());
            case Step.SetHostKeys s -> keyring.probe(s);
            case Step.CreateBdev s -> probe(s);
            case Step.ResizeBdev s -> bdevs.probe(s);
            default -> Optional.empty();
        };
    }

    @Override
    public void onOutsideEvent(Runnable onEvent) {
        transports.onOutsideEvent(onEvent);
    }

    @Override
    public StepResult apply(Step step, Duration timeout) {
        if (stopping) {
            return new StepResult.Failed("the target is stopping");
        }
        return switch (step) {
            case Step.CreateTransport s -> transports.create(s.options());
            case Step.SetTransportOptions s -> setTransportOptions(s);
            case Step.RemoveTransport s -> transports.remove(s.trtype());
            case Step.CreateBdev s -> create(s);
            case Step.ResizeBdev s -> resize(s, timeout);
            case Step.SetBdevLimits s -> bdevs.setLimits(s.name(), s.limits());
            case Step.SetBdevLatencies s -> bdevs.setLatencies(s);
            case Step.SetBdevErrors s -> bdevs.setErrors(s);
            case Step.RemoveBdev s -> bdevs.remove(s.name());
            case Step.CreateSubsystem s -> steps.create(s);
            case Step.RemoveSubsystem s -> steps.remove(s.nqn(), timeout);
            case Step.PauseSubsystem s -> steps.pause(s, timeout);
            case Step.ResumeSubsystem s -> steps.resume(s.nqn(), timeout);
            case Step.AddNamespace s -> namespaceSteps.add(s, timeout);
            case Step.RemoveNamespace s -> namespaceSteps.remove(s, timeout);
            case Step.AddHost s -> steps.addHost(s, timeout);
            case Step.SetHostKeys s -> steps.setHostKeys(s, timeout);
            case Step.RemoveHost s -> steps.removeHost(s, timeout);
            case Step.SetAllowAnyHost s -> steps.setAllowAnyHost(s, timeout);
            case Step.SetAnaGroup s -> namespaceSteps.setAnaGroup(s, timeout);
            case Step.SetNamespaceHosts s -> namespaceSteps.setHosts(s, timeout);
            case Step.AddListener s ->
                s.nqn().equals(Nqn.DISCOVERY) ? discovery.listen(s) : listenerSteps.add(s, timeout);
            case Step.SetAnaState s -> listenerSteps.setAnaState(s, timeout);
            case Step.RemoveListener s ->
                s.nqn().equals(Nqn.DISCOVERY) ? discovery.unlisten(s) : listenerSteps.remove(s, timeout);
            case Step.AddReferral s -> discovery.refer(s);
            case Step.RemoveReferral s -> discovery.unrefer(s);
        };
    }

    /** How deep an admin queue may be stands in the discovery log. */
    private StepResult setTransportOptions(Step.SetTransportOptions step) {
        StepResult result = transports.setOptions(step.options());
        discovery.changed();
        return result;
    }

    private StepResult resize(Step.ResizeBdev step, Duration timeout) {
        Optional<Bdev> found = bdevs.find(step.name());
        if (found.isEmpty()) {
            return BdevRegistry.missing(step.name());
        }
        Bdev bdev = found.get();
        if (step.sizeBytes() == bdev.spec().sizeBytes()) {
            return new StepResult.Failed("bdev " + step.name() + " has this size already");
        }
        if (step.sizeBytes() <= 0 || step.sizeBytes() % bdev.blockSizeBytes() != 0) {
            return new StepResult.Failed(step.sizeBytes() + " is not a number of blocks of bdev " + step.name());
        }
        Optional<ObjectRef.Namespace> claim = bdevs.namespaceOn(step.name());
        if (claim.isPresent()) {
            return namespaceSteps.resize(bdev, claim.get(), step.sizeBytes(), timeout);
        }
        return bdevs.resize(bdev, step.sizeBytes());
    }

    private Optional<StepResult.Waiting> probe(Step.CreateBdev step) {
        Optional<StepResult.Waiting> found = bdevs.probe(step.bdev());
        if (found.isPresent()) {
            bdevWatch.watch();
        }
        return found;
    }

    private StepResult create(Step.CreateBdev step) {
        StepResult result = bdevs.create(step.bdev());
        bdevWatch.watch();
        return result;
    }

    /** A file or block device has another size by itself. */
    private void changedByItself(Bdev bdev, long sizeBytes) {
        if (stopping || sizeBytes == bdev.spec().sizeBytes()) {
            return;
        }
        Step.ResizeBdev step = new Step.ResizeBdev(bdev.spec().name(), sizeBytes);
        StepResult result = resize(step, LOSS_TIMEOUT);
        if (!(result instanceof StepResult.Done)) {
            LOG.warn("the new size of bdev {} is not taken over yet: {}", step.name(), result);
        }
    }

    /**
     * Ends everything: takes no more connections, lets devices finish, disconnects every queue, and frees what there
     * is. Returns when that is done, or {@code timeout} is over; then what is still in use is left to the process's
     * end.
     */
    public void stop(Duration timeout) {
        stopping = true;
        bdevWatch.close();
        keyring.close();
        transports.unlistenAll();
        Barrier gone = new Barrier();
        for (CorePair pair : pairs) {
            gone.register();
            pair.reactor().execute(() -> pair.leave(gone::arrive));
        }
        boolean clean = gone.await(wait, timeout);
        transports.closeAll();
        subsystems.clear();
        if (clean) {
            bdevs.closeAll();
        } else {
            LOG.warn("{} queues were still in use when the target stopped", pairs.size());
        }
    }

    /** On any thread; the loss is an outside event once it shows in {@link #snapshot}. */
    private void listenerLost(TransportAddress address) {
        helpers.execute(() -> {
            if (stopping) {
                return;
            }
            listenerSteps.lost(address, LOSS_TIMEOUT);
            transports.outsideEvent();
        });
    }

    // For the core

    private QueuePair open(Connection connection, Reactor reactor) {
        int index = reactors.indexOf(reactor);
        if (index < 0) {
            throw new IllegalArgumentException("queues do not live on reactor " + reactor.name());
        }
        CorePair pair = new CorePair(this, connection, reactor, index, stats.get(index));
        pairs.add(pair);
        return pair;
    }

    void forget(CorePair pair) {
        pairs.remove(pair);
    }

    /** The subsystem that a host asks for, the discovery subsystem among them. */
    @Nullable
    Subsystem find(Nqn nqn) {
        if (stopping) {
            return null;
        }
        return nqn.equals(Nqn.DISCOVERY) ? discovery.subsystem() : subsystems.get(nqn);
    }

    /** Whether a subsystem that is not here could be soon. */
    boolean mayReturn(Nqn nqn) {
        return stopping || removed.contains(nqn);
    }

    @Nullable
    Subsystem subsystem(Nqn nqn) {
        return subsystems.get(nqn);
    }

    Collection<Subsystem> subsystems() {
        return subsystems.values();
    }

    synchronized Subsystem add(SubsystemSpec spec) {
        ControllerIds ids = cntlids.compute(
                spec.nqn(),
                (nqn, kept) -> kept == null
                        ? new ControllerIds(spec.minCntlid(), spec.maxCntlid(), cntlidOffset)
                        : kept.within(spec.minCntlid(), spec.maxCntlid()));
        Subsystem subsystem = new Subsystem(spec, reactors, ids, wait);
        subsystems.put(spec.nqn(), subsystem);
        removed.remove(spec.nqn());
        return subsystem;
    }

    synchronized void remove(Subsystem subsystem) {
        removed.add(subsystem.nqn());
        subsystem.state(SubsystemState.INACTIVE);
        subsystems.remove(subsystem.nqn());
    }

    /** For how long the target has been there, by the clock that all reactors have in common. */
    long upNs(long nowNs) {
        return startedNs == 0 ? 0 : nowNs - startedNs;
    }

    Discovery discovery() {
        return discovery;
    }

    TransportRegistry transports() {
        return transports;
    }

    Authentications authentications() {
        return authentications;
    }

    NamespaceChanges changes() {
        return changes;
    }

    BdevRegistry bdevs() {
        return bdevs;
    }
}
