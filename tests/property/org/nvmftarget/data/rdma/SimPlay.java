package org.nvmftarget.data.rdma;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.verbs.Flavor;
import org.nvmftarget.verbs.Ledger;
import org.nvmftarget.verbs.World;
import org.nvmftarget.verbs.host.Disk;
import org.nvmftarget.verbs.host.HostCommand;
import org.nvmftarget.verbs.host.NvmeHost;
import org.nvmftarget.verbs.host.NvmeQueue;

/** Plays acts in a simulated world, and finds fault with how it ends. */
final class SimPlay {

    private static final Duration LONG = Duration.ofSeconds(200);
    private static final int PORTION = 256;

    private final SimRig rig;
    private final World world;
    private final TransportOptions.Rdma options;
    private boolean troubled;
    private boolean stalled;
    private long succeeded;
    private long failed;
    private long torn;

    SimPlay(long seed, Flavor flavor, TransportOptions.Rdma options) {
        this.options = options;
        // With the least memory, commands stand in line for it.
        rig = new SimRig(seed, flavor, options, seed % 2 == 0 ? 0 : 4 << 20);
        world = rig.world;
    }

    SimRig rig() {
        return rig;
    }

    /** I/O commands that ended well. */
    long succeeded() {
        return succeeded;
    }

    /** I/O commands whose queue ended first. */
    long torn() {
        return torn;
    }

    // --- acts ------------------------------------------------------------------------------------------------------

    void play(SimAct act) {
        switch (act) {
            case SimAct.Connect a -> connect(a);
            case SimAct.HalfOpen a -> halfOpen(a);
            case SimAct.Io a -> io(a);
            case SimAct.Admin a -> admin(a);
            case SimAct.Err a -> err(a);
            case SimAct.Leave a -> leave(a);
            case SimAct.Fault a -> fault(a);
            case SimAct.Device a -> device(a);
            case SimAct.Listener a -> listener(a);
            case SimAct.Change a -> change(a.control());
            case SimAct.Stall a -> stall(a);
            case SimAct.Pass a -> rig.pass(a.time());
        }
    }

    private void fault(SimAct.Fault a) {
        troubled = true;
        world.faults().fail(a.point(), a.calls(), a.errno());
    }

    private void connect(SimAct.Connect a) {
        int entries = Math.min(a.entries(), options.common().maxQueueDepth());
        rig.host(
                a.device(),
                new NvmeHost.Profile(
                        SimRig.NQN.value(), SimRig.HOST.value(), a.ioQueues(), entries, 10_000, a.readsServed(), true));
    }

    private void halfOpen(SimAct.HalfOpen a) {
        NvmeHost _ = rig.host(
                a.device(), new NvmeHost.Profile(SimRig.NQN.value(), SimRig.HOST.value(), 0, 4, 10_000, 1, false));
    }

    private @Nullable NvmeHost host(int index) {
        List<NvmeHost> there = rig.hosts.stream().filter(h -> !h.isOver()).toList();
        return there.isEmpty() ? null : there.get(index % there.size());
    }

    private @Nullable NvmeQueue queue(int index) {
        List<NvmeQueue> queues = rig.hosts.stream()
                .filter(NvmeHost::isReady)
                .flatMap(h -> h.ioQueues().stream())
                .filter(NvmeQueue::hasRoom)
                .toList();
        return queues.isEmpty() ? null : queues.get(index % queues.size());
    }

    private void io(SimAct.Io a) {
        NvmeQueue queue = queue(a.queue());
        int lba = a.lba();
        for (int i = 0; queue != null && i < a.count() && queue.hasRoom(); i++) {
            int blocks = Math.min(a.blocks(), options.common().maxIoSizeBytes() / Disk.BLOCK);
            lba = Math.min(lba, SimRig.BLOCKS - blocks);
            submit(queue, a.op(), lba, blocks, a.sgl(), a.pieces());
            lba = (lba + blocks) % SimRig.BLOCKS;
        }
    }

    private void submit(NvmeQueue queue, SimAct.Op op, int lba, int blocks, HostCommand.Sgl wanted, int pieces) {
        if (op == SimAct.Op.FLUSH) {
            queue.submit(new HostCommand(Commands.flush(1), NvmeHost.IGNORED));
            return;
        }
        Disk.Extent extent = switch (op) {
            case READ -> rig.disk.read(lba, blocks);
            case WRITE -> rig.disk.write(lba, blocks);
            default -> rig.disk.zero(lba, blocks);
        };
        if (extent == null) {
            return;
        }
        HostCommand.Sgl sgl = possible(wanted, op, extent.bytes());
        switch (op) {
            case READ ->
                queue.submit(new HostCommand(Commands.read(1, lba, blocks), ending(extent, true))
                        .receives(queue.memory(), extent.bytes(), sgl, pieces));
            case WRITE ->
                queue.submit(new HostCommand(Commands.write(1, lba, blocks), ending(extent, false))
                        .sends(queue.memory(), extent.content(), sgl, pieces));
            default -> queue.submit(new HostCommand(Commands.writeZeroes(1, lba, blocks), ending(extent, false)));
        }
    }

    private HostCommand.Sgl possible(HostCommand.Sgl wanted, SimAct.Op op, int bytes) {
        int inCapsule = options.common().inCapsuleDataSizeBytes();
        boolean fits = wanted != HostCommand.Sgl.IN_CAPSULE || (op == SimAct.Op.WRITE && bytes <= inCapsule);
        return fits ? wanted : HostCommand.Sgl.KEYED;
    }

    private HostCommand.Ending ending(Disk.Extent extent, boolean reads) {
        return new HostCommand.Ending() {
            @Override
            public void answered(int status, long result, byte[] data) {
                if (status == 0) {
                    succeeded++;
                    String fault = reads ? extent.check(data) : null;
                    if (fault != null) {
                        throw world.violation(fault);
                    }
                } else if (!troubled) {
                    throw world.violation("status 0x" + Integer.toHexString(status) + " without a reason");
                } else {
                    failed++;
                }
                extent.answered(status == 0);
            }

            @Override
            public void torn(BooleanSupplier isGone) {
                torn++;
                extent.torn(isGone);
            }
        };
    }

    private void admin(SimAct.Admin a) {
        NvmeHost host = host(a.host());
        if (host == null || !host.isReady() || !host.admin().hasRoom()) {
            return;
        }
        NvmeQueue queue = host.admin();
        HostCommand.Sgl keyed = HostCommand.Sgl.KEYED;
        queue.submit(
                switch (a.op()) {
                    case IDENTIFY ->
                        new HostCommand(Commands.identify(0, 1), NvmeHost.IGNORED)
                                .receives(queue.memory(), 4096, HostCommand.Sgl.KEYED_INVALIDATE, 1);
                    case LOG_PAGE ->
                        new HostCommand(Commands.getLogPage(2, 0xFFFF_FFFF, 0, 512, false), NvmeHost.IGNORED)
                                .receives(queue.memory(), 512, keyed, 1);
                    case GET_FEATURES -> new HostCommand(Commands.getFeatures(7), NvmeHost.IGNORED);
                    case ASYNC_EVENT -> new HostCommand(Commands.asyncEvent(), NvmeHost.IGNORED).patient();
                    case ABORT -> new HostCommand(Commands.abort(1, 0), NvmeHost.IGNORED);
                    case UNKNOWN -> new HostCommand(Commands.flush(1).put(0, (byte) 0xC7), NvmeHost.IGNORED);
                });
    }

    private void err(SimAct.Err a) {
        NvmeQueue queue = queue(a.queue());
        if (queue == null) {
            return;
        }
        queue.memory().allowMistakes();
        if (a.mistake() == SimAct.Mistake.RUNT) {
            queue.sendRunt((int) world.between(1, 63));
            return;
        }
        HostCommand keyed = new HostCommand(Commands.read(1, 0, 8), NvmeHost.IGNORED)
                .receives(queue.memory(), 4096, HostCommand.Sgl.KEYED, 1);
        queue.submit(
                switch (a.mistake()) {
                    case SHORT_BUFFER -> keyed.claim(512);
                    case LONG_CLAIM -> keyed.claim(options.common().maxIoSizeBytes() + 512);
                    case WRONG_KEY -> keyed.withKey(0x7777);
                    case UNKNOWN_TYPE -> keyed.ofUnknownType();
                    default ->
                        new HostCommand(Commands.write(1, 0, 1).put(0, (byte) 0x55), NvmeHost.IGNORED)
                                .sends(queue.memory(), new byte[256], HostCommand.Sgl.IN_CAPSULE, 1)
                                .beyondTheCapsule();
                });
    }

    private void leave(SimAct.Leave a) {
        NvmeHost host = host(a.host());
        if (host == null) {
            return;
        }
        switch (a.exit()) {
            case DISCONNECT -> host.disconnect();
            case VANISH -> host.vanish();
            case BROKEN_QUEUE -> host.queues().getLast().breakQueuePair();
        }
    }

    private void device(SimAct.Device a) {
        String name = SimRig.DEVICES.get(a.device());
        troubled = true;
        switch (a.trouble()) {
            case REMOVE -> rig.rdma.removeDevice(name);
            case INSERT -> rig.insert(name);
            case MOVE_ADDRESS ->
                rig.rdma.changeAddress(
                        InetAddress.ofLiteral(SimRig.ADDRESSES.get(a.device()).traddr()));
            case BREAK_QUEUE_PAIR -> rig.rdma.breakQueuePair(name);
            case BREAK_COMPLETION_QUEUE -> rig.rdma.breakCompletionQueue(name);
            case LOSE_ADDRESS -> {
                rig.surroundings.gone.add(SimRig.ADDRESSES.get(a.device()));
                rig.surroundings.news();
            }
            case FIND_ADDRESS -> {
                rig.surroundings.gone.remove(SimRig.ADDRESSES.get(a.device()));
                rig.surroundings.news();
            }
        }
    }

    private void listener(SimAct.Listener a) {
        troubled = true;
        var address = SimRig.ADDRESSES.get(a.device());
        rig.apply(a.there() ? new Step.AddListener(SimRig.NQN, address) : new Step.RemoveListener(SimRig.NQN, address));
    }

    private void change(SimAct.Control control) {
        switch (control) {
            case PAUSE_ADMIN -> rig.pause(false);
            case PAUSE_NAMESPACE -> rig.pause(true);
            case RESUME -> rig.resume();
            case SET_OPTIONS -> rig.apply(new Step.SetTransportOptions(options));
        }
    }

    private void stall(SimAct.Stall a) {
        stalled = true;
        (a.reactor() == 2 ? rig.acceptor : rig.reactors.get(a.reactor()))
                .stall(a.time().toNanos());
    }

    // --- the end ---------------------------------------------------------------------------------------------------

    void end() {
        // A reactor that gets no turn may outlast the patience of a target that stops.
        if (!stalled && world.oneIn(5)) {
            stopAmidAll();
            return;
        }
        heal();
        expectAnswers();
        expectServiceOfThoseWhoAreThere();
        expectNothingLeft();
        expectServiceOfThoseWhoCome();
        expectNothingLeft();
        stop();
    }

    /** The target stops, whatever is under way. */
    private void stopAmidAll() {
        world.faults().clear();
        io(new SimAct.Io(0, SimAct.Op.WRITE, 31, 0, 256, HostCommand.Sgl.KEYED, 1));
        stop();
        expectAnswers();
    }

    /** All that was broken is whole again. */
    private void heal() {
        world.faults().clear();
        rig.resume();
        SimRig.DEVICES.forEach(rig::insert);
        rig.surroundings.gone.clear();
        rig.pass(Duration.ofSeconds(1));
        for (var address : SimRig.ADDRESSES) {
            rig.apply(new Step.RemoveListener(SimRig.NQN, address));
            rig.apply(new Step.AddListener(SimRig.NQN, address));
        }
    }

    private List<String> unanswered() {
        List<String> lines = new ArrayList<>();
        for (NvmeHost host : rig.hosts) {
            for (NvmeQueue queue : host.queues()) {
                if (!queue.isOver() && !queue.isLeftByTarget()) {
                    queue.unanswered().forEach(line -> lines.add("queue " + queue.qid() + ", " + line));
                }
            }
        }
        return lines;
    }

    private void expectAnswers() {
        if (!world.runUntil(() -> unanswered().isEmpty(), LONG.toNanos())) {
            throw world.violation("not answered, on queues that stand: " + unanswered());
        }
    }

    /** A host that is connected still gets its answers. */
    private void expectServiceOfThoseWhoAreThere() {
        List<NvmeQueue> queues = rig.hosts.stream()
                .filter(NvmeHost::isReady)
                .flatMap(h -> h.ioQueues().stream())
                .filter(NvmeQueue::hasRoom)
                .toList();
        int lba = 0;
        for (NvmeQueue queue : queues) {
            submit(queue, SimAct.Op.READ, lba, 1, HostCommand.Sgl.KEYED, 1);
            lba++;
        }
        expectAnswers();
    }

    /** A host that comes now is served, at each address, and finds what was written. */
    private void expectServiceOfThoseWhoCome() {
        for (int device = 0; device < SimRig.DEVICES.size(); device++) {
            NvmeHost host = rig.host(device, 1, 4);
            if (!rig.within(Duration.ofSeconds(20), () -> host.isReady() || host.isOver()) || host.isOver()) {
                throw world.violation("a host that comes after all is not served: " + host.end());
            }
            NvmeQueue queue = host.ioQueues().getFirst();
            int portion = Math.min(PORTION, options.common().maxIoSizeBytes() / Disk.BLOCK);
            for (int lba = 0; lba < SimRig.BLOCKS; lba += portion) {
                // The first writes here and there, the last reads it all.
                if (device == SimRig.DEVICES.size() - 1) {
                    submitWhenThereIsRoom(queue, SimAct.Op.READ, lba, portion);
                } else if (lba % 512 == 0) {
                    submitWhenThereIsRoom(queue, SimAct.Op.WRITE, lba, portion);
                }
            }
            if (!rig.within(Duration.ofSeconds(20), () -> queue.unanswered().isEmpty()) || host.isOver()) {
                throw world.violation("a host that comes after all is not answered: " + host.end());
            }
        }
    }

    private void submitWhenThereIsRoom(NvmeQueue queue, SimAct.Op op, int lba, int blocks) {
        boolean _ = rig.within(Duration.ofSeconds(20), queue::hasRoom);
        if (queue.hasRoom()) {
            submit(queue, op, lba, blocks, HostCommand.Sgl.KEYED_INVALIDATE, 1);
        }
    }

    /** All hosts leave, and the target has nothing of them any more. */
    private void expectNothingLeft() {
        rig.hosts.forEach(NvmeHost::disconnect);
        boolean gone = world.runUntil(
                () -> rig.queuePairs() == 0 && idsOfHosts() <= 0 && rig.missingSharedReceives() == 0, LONG.toNanos());
        if (!gone) {
            throw world.violation("left of hosts that are gone: "
                    + world.ledger().describe() + ", and " + rig.missingSharedReceives()
                    + " shared receives are not back");
        }
    }

    /** There is an id for each listener, and one that holds each device in use. */
    private int idsOfHosts() {
        Ledger ledger = world.ledger();
        return ledger.count(Ledger.Kind.ID) - SimRig.ADDRESSES.size() - ledger.count(Ledger.Kind.DOMAIN);
    }

    private void stop() {
        rig.target.stop(SimRig.PATIENCE);
        rig.pass(Duration.ofSeconds(5));
        if (!world.ledger().describe().isEmpty()) {
            throw world.violation("open after the end: " + world.ledger().describe());
        }
        if (!world.violations().isEmpty()) {
            throw new AssertionError(world.violations().toString());
        }
    }
}
