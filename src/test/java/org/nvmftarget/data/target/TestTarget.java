package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.UUID;
import org.nvmftarget.data.bdev.DiskMemory;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** A target on two reactors that turn by hand, with one subsystem, and hosts for it. */
final class TestTarget {

    static final Nqn NQN = new Nqn("nqn.2026-11.org.example:disk0");
    static final Nqn HOST = new Nqn("nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555");
    static final Nqn OTHER_HOST = new Nqn("nqn.2014-08.org.nvmexpress:uuid:99999999-2222-3333-4444-555555555555");
    static final TransportAddress ADDRESS =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.1", 4420);
    static final TransportAddress OTHER_ADDRESS =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.2", 4420);
    static final Duration TIMEOUT = Duration.ofSeconds(5);
    static final int BLOCK = 512;
    static final int ENABLE = Property.CC_EN | 6 << Property.CC_IOSQES_SHIFT | 4 << Property.CC_IOCQES_SHIFT;

    final List<TestReactor> reactors = List.of(new TestReactor("reactor-0"), new TestReactor("reactor-1"));
    final Target target;
    /** What helper threads are to do: {@link #settle} does it. */
    private final Queue<Runnable> helpers = new ArrayDeque<>();

    /** False: they have not come to it yet. */
    boolean helpersRun = true;

    private final List<TestTransport> transports = new ArrayList<>();

    TestTarget() {
        this(0);
    }

    TestTarget(int cntlidOffset) {
        this(cntlidOffset, NamespaceStore.NONE);
    }

    TestTarget(int cntlidOffset, NamespaceStore store) {
        target = new Target(
                reactors,
                reactors.get(0),
                Map.of(TransportType.TCP, this::create),
                cntlidOffset,
                (latch, timeout) -> {
                    settle();
                    return latch.getCount() == 0;
                },
                store,
                DiskMemory.NONE,
                helpers::add);
    }

    private TransportFactory.Created create(TransportOptions options, TransportFactory.Context context) {
        TestTransport transport = new TestTransport(options, context);
        transports.add(transport);
        return new TransportFactory.Created.Ready(transport);
    }

    /** With a subsystem that allows any host, listens, and has a malloc namespace 1 of 1024 blocks. */
    static TestTarget serving() {
        TestTarget t = new TestTarget();
        t.declare();
        return t;
    }

    void declare() {
        done(new Step.CreateTransport(TransportOptions.tcp()));
        done(new Step.CreateBdev(malloc("disk0", 1024)));
        done(new Step.CreateSubsystem(NQN, "NT01", "nvmf-target", 32, 1, 0xFFEF));
        done(new Step.SetAllowAnyHost(NQN, true));
        done(new Step.AddNamespace(NQN, namespace(1, "disk0")));
        done(new Step.AddListener(NQN, ADDRESS));
    }

    /** The defaults of TCP, but for the depth of admin queues. */
    static TransportOptions.Tcp tcpWithAdminDepth(int entries) {
        TransportOptions.Tcp tcp = TransportOptions.tcp();
        TransportOptions.Common c = tcp.common();
        return new TransportOptions.Tcp(
                new TransportOptions.Common(
                        c.maxQueueDepth(),
                        c.maxIoQpairsPerCtrlr(),
                        c.inCapsuleDataSizeBytes(),
                        entries,
                        c.maxIoSizeBytes(),
                        c.ackTimeoutMs(),
                        c.kasUnits(),
                        c.minKatoMs(),
                        c.abortTimeoutSec()),
                tcp.c2hSuccess(),
                tcp.sockPriority(),
                tcp.controlMsgNum());
    }

    static BdevSpec.Malloc malloc(String name, long blocks) {
        return new BdevSpec.Malloc(name, blocks * BLOCK, BLOCK, Identity.bdevUuid("malloc", name, ""));
    }

    static BdevSpec.Null nothing(String name, long blocks) {
        return new BdevSpec.Null(name, blocks * BLOCK, BLOCK, Identity.bdevUuid("null", name, ""));
    }

    static NamespaceSpec namespace(int nsid, String bdev) {
        UUID uuid = Identity.namespaceUuid(NQN, new Nsid(nsid), Identity.bdevUuid("malloc", bdev, ""));
        return new NamespaceSpec(new Nsid(nsid), bdev, uuid, Identity.nguid(uuid), Optional.empty());
    }

    /** Adds namespace {@code nsid} on a device that completes by hand. */
    SlowBdev addSlowNamespace(int nsid) {
        SlowBdev bdev = new SlowBdev(nothing("slow" + nsid, 1024));
        target.bdevs().add(bdev);
        done(new Step.AddNamespace(NQN, namespace(nsid, "slow" + nsid)));
        return bdev;
    }

    StepResult apply(Step step) {
        return target.apply(step, TIMEOUT);
    }

    void done(Step step) {
        StepResult result = apply(step);
        if (!(result instanceof StepResult.Done)) {
            throw new AssertionError(step + ": " + result);
        }
    }

    void pause(int... nsids) {
        TreeSet<Nsid> set = new TreeSet<>();
        for (int nsid : nsids) {
            set.add(new Nsid(nsid));
        }
        done(new Step.PauseSubsystem(NQN, set));
    }

    void resume() {
        done(new Step.ResumeSubsystem(NQN));
    }

    /** Turns every reactor until there is nothing to do. */
    void settle() {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (TestReactor r : reactors) {
                busy |= r.turn();
            }
            Runnable help = helpersRun ? helpers.poll() : null;
            if (help != null) {
                help.run();
                busy = true;
            }
        }
    }

    /** Time goes by on every reactor, and then they turn. */
    void pass(Duration time) {
        reactors.forEach(r -> r.pass(time.toNanos()));
        settle();
    }

    TestTransport transport() {
        return transports.getLast();
    }

    TestQueue accept(int reactor) {
        return accept(ADDRESS, ADDRESS, reactor);
    }

    TestQueue accept(TransportAddress listener, TransportAddress local, int reactor) {
        return transport().accept(listener, local, reactors.get(reactor));
    }

    static ConnectData connectData(Nqn subsystem, Nqn host, int cntlid) {
        return new ConnectData(0x1111_1111_2222_3333L, 0x4444_5555_5555_5555L, cntlid, subsystem.value(), host.value());
    }

    SubsystemSpec spec() {
        SubsystemSpec spec = target.snapshot().config().subsystems().get(NQN);
        if (spec == null) {
            throw new AssertionError("there is no subsystem");
        }
        return spec;
    }

    List<LiveState.Controller> controllers() {
        LiveState.Subsystem live = target.snapshot().subsystems().get(NQN);
        return live == null ? List.of() : live.controllers();
    }

    /** An admin queue that is connected and enabled, on reactor 0. */
    TestQueue admin() {
        return admin(NQN, HOST, 0);
    }

    TestQueue admin(Nqn subsystem, Nqn host, int katoMs) {
        TestQueue queue = accept(0);
        int status = queue.connect(Sq.connect(0, 31, katoMs), connectData(subsystem, host, Connect.CNTLID_DYNAMIC))
                .status();
        if (status != 0) {
            throw new AssertionError("connect: " + Integer.toHexString(status));
        }
        enable(queue);
        return queue;
    }

    static void enable(TestQueue queue) {
        int status = queue.send(Sq.propertySet(Property.CC, ENABLE)).status();
        if (status != 0) {
            throw new AssertionError("enable: " + Integer.toHexString(status));
        }
    }

    /** An I/O queue of the controller behind {@code admin}. */
    TestQueue io(TestQueue admin, int qid, int reactor) {
        TestQueue queue = accept(reactor);
        int status = queue.connect(qid, connectData(NQN, HOST, admin.pair().cntlid()))
                .status();
        if (status != 0) {
            throw new AssertionError("connect: " + Integer.toHexString(status));
        }
        return queue;
    }
}
