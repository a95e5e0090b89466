package org.nvmftarget.verbs.host;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.verbs.HostMemory;
import org.nvmftarget.verbs.World;

/** A host with one controller: it connects as Linux does, and keeps it alive. */
public final class NvmeHost {

    /**
     * What a host is like.
     *
     * @param ioQueues that it wants
     * @param entries of an I/O queue
     * @param katoMs keep-alive timeout that it asks for
     * @param readsServed RDMA reads of the target's that it serves at a time
     */
    public record Profile(
            String subsystem, String nqn, int ioQueues, int entries, int katoMs, int readsServed, boolean connects) {}

    private static final int ADMIN_ENTRIES = 32;
    private static final int DYNAMIC = 0xFFFF;
    private static final long CONNECT_TIMEOUT_NS = 30_000_000_000L;
    private static final long NS_PER_MS = 1_000_000L;

    /** 64-byte and 16-byte queue entries, enabled. */
    private static final int ENABLE = 6 << 16 | 4 << 20 | 1;

    private final World world;
    private final NvmeQueue.Where where;
    private final Profile profile;
    private final HostMemory memory;
    private final UUID id;
    private final NvmeQueue admin;
    private final List<NvmeQueue> ioQueues = new ArrayList<>();
    private int cntlid = DYNAMIC;
    private int ready;
    private @Nullable String end;

    public NvmeHost(NvmeQueue.Where where, Profile profile, long number) {
        this.where = where;
        this.profile = profile;
        world = where.world();
        memory = new HostMemory(world);
        id = new UUID(0x1000 + number, 0x2000 + number);
        admin = open(0, ADMIN_ENTRIES);
        world.hardware(CONNECT_TIMEOUT_NS, () -> {
            if (!isReady() && profile.connects()) {
                over("it took too long to connect");
            }
        });
    }

    private NvmeQueue open(int qid, int entries) {
        return new NvmeQueue(where, memory, qid, entries, profile.readsServed(), new NvmeQueue.Owner() {
            @Override
            public void connected(NvmeQueue queue) {
                if (profile.connects()) {
                    connect(queue);
                }
            }

            @Override
            public void over(NvmeQueue queue, String why) {
                NvmeHost.this.over("queue " + queue.qid() + ": " + why);
            }
        });
    }

    // --- the way up ------------------------------------------------------------------------------------------------

    private void connect(NvmeQueue queue) {
        int entries = queue.qid() == 0 ? ADMIN_ENTRIES : profile.entries();
        int katoMs = queue.qid() == 0 ? profile.katoMs() : 0;
        ByteBuffer sqe = Commands.connect(queue.qid(), entries - 1, katoMs, world.oneIn(2));
        byte[] data = Commands.connectData(id, cntlid, profile.subsystem(), profile.nqn());
        HostCommand.Sgl sgl = world.oneIn(2) ? HostCommand.Sgl.KEYED : HostCommand.Sgl.KEYED_INVALIDATE;
        queue.submit(new HostCommand(sqe, then(result -> {
                    if (queue.qid() == 0) {
                        cntlid = (int) result & 0xFFFF;
                        enable();
                    } else {
                        queueIsReady();
                    }
                }))
                .sends(memory, data, sgl, 1));
    }

    private void enable() {
        ask(Commands.propertySet(Commands.CC, ENABLE), result -> awaitReady());
    }

    private void awaitReady() {
        ask(Commands.propertyGet(Commands.CSTS, false), csts -> {
            if ((csts & 1) != 0) {
                identify();
            } else {
                world.hardware(NS_PER_MS, this::awaitReady);
            }
        });
    }

    private void identify() {
        admin(new HostCommand(Commands.identify(1, 0), then(result -> askForQueues()))
                .receives(memory, 4096, HostCommand.Sgl.KEYED_INVALIDATE, 1));
    }

    private void askForQueues() {
        int wanted = profile.ioQueues() - 1;
        if (wanted < 0) {
            ready = 1;
            keepAlive();
            return;
        }
        ask(Commands.setFeatures(7, wanted << 16 | wanted), granted -> {
            keepAlive();
            for (int qid = 1; qid <= profile.ioQueues(); qid++) {
                ioQueues.add(open(qid, profile.entries()));
            }
        });
    }

    private void queueIsReady() {
        ready++;
    }

    private void ask(ByteBuffer sqe, LongConsumer then) {
        admin(new HostCommand(sqe, then(then)));
    }

    private void admin(HostCommand command) {
        if (admin.hasRoom()) {
            admin.submit(command);
        } else if (!admin.isOver()) {
            world.hardware(NS_PER_MS, () -> admin(command));
        }
    }

    /** What follows a success; anything else ends the host. */
    private HostCommand.Ending then(LongConsumer next) {
        return new HostCommand.Ending() {
            @Override
            public void answered(int status, long result, byte[] data) {
                if (status != 0) {
                    over("status 0x" + Integer.toHexString(status) + " on the way up");
                } else if (end == null) {
                    next.accept(result);
                }
            }

            @Override
            public void torn(BooleanSupplier isGone) {
                // The queue's end is told by itself.
            }
        };
    }

    private void keepAlive() {
        if (profile.katoMs() == 0) {
            return;
        }
        world.hardware(profile.katoMs() * NS_PER_MS / 2, () -> {
            if (end == null) {
                admin(new HostCommand(Commands.keepAlive(), IGNORED));
                keepAlive();
            }
        });
    }

    /** For commands whose end says nothing. */
    public static final HostCommand.Ending IGNORED = new HostCommand.Ending() {
        @Override
        public void answered(int status, long result, byte[] data) {}

        @Override
        public void torn(BooleanSupplier isGone) {}
    };

    // --- what it is ------------------------------------------------------------------------------------------------

    /** Whether all queues are connected. */
    public boolean isReady() {
        return end == null && (profile.ioQueues() == 0 ? ready > 0 : ready == profile.ioQueues());
    }

    public boolean isOver() {
        return end != null;
    }

    /** Why it ended; null if it did not. */
    public @Nullable String end() {
        return end;
    }

    public HostMemory memory() {
        return memory;
    }

    public NvmeQueue admin() {
        return admin;
    }

    /** Those that are connected or on the way. */
    public List<NvmeQueue> ioQueues() {
        return ioQueues;
    }

    public List<NvmeQueue> queues() {
        List<NvmeQueue> all = new ArrayList<>(ioQueues);
        all.addFirst(admin);
        return all;
    }

    // --- ends ------------------------------------------------------------------------------------------------------

    /** One queue's end is the host's: it lets go of the others. */
    private void over(String why) {
        if (end == null) {
            end = why;
            world.hardware(world.between(0, 100_000_000), () -> queues().forEach(NvmeQueue::disconnect));
        }
    }

    public void disconnect() {
        over("it disconnects");
    }

    /** It is switched off, or its cable is cut. */
    public void vanish() {
        if (end == null) {
            end = "it vanished";
        }
        queues().forEach(NvmeQueue::vanish);
    }
}
