package org.nvmftarget.verbs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.CmEvent;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.CompletionChannel;
import org.nvmftarget.data.ffi.verbs.CompletionQueue;
import org.nvmftarget.data.ffi.verbs.Completions;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.data.ffi.verbs.EventChannel;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.QueuePairSpec;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.SharedReceiveQueue;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** One connection over the provider, whose program is the test. */
final class Connected {

    static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 4420);
    static final int READS = 2;
    static final int SLOT = 256;
    static final long SECOND = 1_000_000_000L;

    record Done(long wrId, int status, int byteLength) {}

    final World world;
    final SoftRdma rdma;
    final SoftDevice device;
    final EventChannel channel;
    final CmId listener;
    final ProtectionDomain domain;
    final CompletionChannel announcements;
    final CompletionQueue cq;
    final MemoryRegion region;
    final HostMemory memory;
    final List<byte[]> messages = new ArrayList<>();
    final List<Integer> invalidated = new ArrayList<>();
    final List<String> ends = new ArrayList<>();
    final Completions completions = new Completions(64, Arena.ofAuto());

    @Nullable
    SharedReceiveQueue shared;

    final HostLink link;
    final CmId id;
    final RcQueuePair qp;

    Connected(long seed) throws VerbsException {
        this(seed, Flavor.ADAPTER, 64, false);
    }

    /** A queue pair with 4 sends and 4 receives. */
    Connected(long seed, Flavor flavor, int cqEntries, boolean sharesReceives) throws VerbsException {
        world = new World(seed);
        rdma = new SoftRdma(world);
        device = rdma.addDevice("soft0", flavor, limits(), ADDRESS.getAddress());
        channel = rdma.openEventChannel();
        listener = channel.createId();
        listener.bind(ADDRESS);
        listener.listen(8);
        domain = device.allocateProtectionDomain();
        announcements = device.createCompletionChannel();
        cq = device.createCompletionQueue(cqEntries, announcements);
        region = domain.register(Arena.ofAuto().allocate(64 * SLOT, 64));
        memory = new HostMemory(world);
        link = host();
        CmEvent request = event(CmEvent.Type.CONNECT_REQUEST);
        id = request.id();
        if (sharesReceives) {
            shared = domain.createSharedReceiveQueue(8, 1, 0);
        }
        qp = id.createQueuePair(domain, new QueuePairSpec(cq, shared, 4, sharesReceives ? 0 : 4, 2, 1));
    }

    private static DeviceLimits limits() {
        return SoftDevice.LIMITS;
    }

    HostLink host() {
        return HostLink.connect(
                rdma,
                new InetSocketAddress(InetAddress.ofLiteral("10.0.0.9"), 40000),
                ADDRESS,
                memory,
                new byte[] {1, 2, 3},
                16,
                READS,
                user());
    }

    private HostLink.User user() {
        return new HostLink.User() {
            @Override
            public void established(byte[] privateData) {
                messages.clear();
            }

            @Override
            public void rejected(int reason, byte[] privateData) {
                ends.add("rejected " + reason + (privateData.length == 0 ? "" : " " + privateData[0]));
            }

            @Override
            public void message(byte[] bytes, int invalidatedKey) {
                messages.add(bytes);
                invalidated.add(invalidatedKey);
            }

            @Override
            public void ended(String why) {
                ends.add(why);
            }
        };
    }

    /** Accepts, and waits until both sides know. */
    void establish() throws VerbsException {
        id.accept(new byte[] {9}, 0, READS, RcEndpoint.RETRY_FOR_EVER);
        qp.setMinRnrTimer(12);
        CmEvent _ = event(CmEvent.Type.ESTABLISHED);
    }

    /** The next event, which is of this type; others before it are passed over. */
    CmEvent event(CmEvent.Type type) throws VerbsException {
        for (int i = 0; i < 100_000; i++) {
            CmEvent event = channel.next();
            if (event != null && event.type() == type) {
                return event;
            }
            world.pass(1_000_000);
        }
        throw new AssertionError("no " + type);
    }

    AsyncEvent asyncEvent() throws VerbsException {
        for (int i = 0; i < 10_000; i++) {
            AsyncEvent event = device.nextEvent();
            if (event != null) {
                return event;
            }
            world.pass(1_000_000);
        }
        throw new AssertionError("no event of the device");
    }

    /** Completions that are there, and those that come within ten seconds. */
    List<Done> settle() throws VerbsException {
        List<Done> done = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            done.addAll(poll());
            world.pass(10_000_000);
        }
        return done;
    }

    List<Done> poll() throws VerbsException {
        List<Done> done = new ArrayList<>();
        int n = cq.poll(completions);
        for (int i = 0; i < n; i++) {
            done.add(new Done(completions.wrId(i), completions.status(i), completions.byteLength(i)));
        }
        return done;
    }

    MemorySegment slot(int index) {
        return region.memory().asSlice((long) index * SLOT, SLOT);
    }

    SendWr send(long wrId, int opcode, int flags, int slot) {
        SendWr wr = new SendWr(Arena.ofAuto(), 2);
        wr.wrId(wrId);
        wr.operation(opcode, flags);
        wr.local(region, (long) slot * SLOT, SLOT);
        return wr;
    }

    RecvWr receive(long wrId, int slot) {
        RecvWr wr = new RecvWr(Arena.ofAuto(), 1);
        wr.wrId(wrId);
        wr.local(region, (long) slot * SLOT, SLOT);
        return wr;
    }

    void postReceives(int count) {
        for (int i = 0; i < count; i++) {
            int errno = shared == null ? qp.postRecv(receive(i, 32 + i)) : shared.postRecv(receive(i, 32 + i));
            if (errno != 0) {
                throw new AssertionError("receive " + i + ": errno " + errno);
            }
        }
    }

    HostMemory.Buffer hostBuffer(int fill, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) fill);
        return memory.register(bytes, true, true);
    }

    SharedReceiveQueue shared() {
        return Objects.requireNonNull(shared);
    }
}
