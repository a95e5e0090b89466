package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.Request;
import org.nvmftarget.data.target.ScriptedQueuePair;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** A reactor's share of a device, whose other side is the test, and queues on it. */
@SuppressWarnings("NullAway.Init") // every test opens a queue before all else
abstract class QueueRig {

    static final int ENTRIES = 4;
    static final int READS = 2;
    static final long HOST = 0xFFFF_9000_0000_0000L;
    static final int KEY = 0x8000_0123;

    private static final TransportAddress ADDRESS =
            new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, "10.0.0.1", 4420);

    final FakeVerbs verbs = new FakeVerbs();
    final FakeReactor reactor = new FakeReactor();
    final ScriptedQueuePair core = new ScriptedQueuePair();
    final DeviceStats stats = new DeviceStats();
    final List<String> ends = new ArrayList<>();

    /** Room for three transfers of a page. */
    final PoolSizes sizes = new PoolSizes(1, 4096, 3);

    final BufferPool pool = new BufferPool(verbs.region(sizes.totalBytes()), 0, sizes, stats);
    final DataWrPool wrs = new DataWrPool(SglWalk.MAX_DESCRIPTORS - 1, Arena.ofAuto());

    /** What the group of {@link #poller} was told. */
    final List<String> losses = new ArrayList<>();

    int drained;
    CqPoller poller;
    RdmaQueue queue;
    TransportOptions.Rdma options = TransportOptions.rdma();

    /** A queue with receives of its own. */
    void openOwn(int sendEntries) throws VerbsException {
        poller = poller(new Share(reactor, pool, wrs, null, false, true, stats));
        verbs.receives.clear();
        queue = queue(verbs.qp, sendEntries);
    }

    /** A queue that shares its receives. */
    SharedReceives openShared(int depth, boolean tellsOfLastReceive) throws VerbsException {
        SharedReceives shared = SharedReceives.open(verbs.domain, depth, 4096, Arena.ofAuto(), stats);
        poller = poller(new Share(reactor, pool, wrs, shared, tellsOfLastReceive, true, stats));
        queue = queue(verbs.qp, 2 * ENTRIES + READS);
        return shared;
    }

    final CqPoller poller(Share share) {
        return new CqPoller(share, verbs.cq, new CqPoller.Group() {
            @Override
            public void lost(String reason) {
                losses.add(reason);
            }

            @Override
            public void pollerLost() {
                losses.add("a poller");
            }
        });
    }

    final RdmaQueue queue(RcQueuePair qp, int sendEntries) throws VerbsException {
        boolean own = poller.share().receives() == null;
        QueueMemory.Shape shape = new QueueMemory.Shape(ENTRIES, own ? ENTRIES : 0, own ? 4096 : 0);
        QueueSetup setup = new QueueSetup(
                new ConnectData(1, ENTRIES),
                ADDRESS,
                ADDRESS,
                new InetSocketAddress("10.0.0.2", 5000),
                options,
                new QueueMemory(shape, Arena.ofAuto(), verbs.domain),
                READS,
                sendEntries);
        RdmaQueue made = new RdmaQueue(setup, qp, poller, poller.reserve(64), new QueueOwner() {
            @Override
            public void end(String reason) {
                ends.add(reason);
            }

            @Override
            public void drained() {
                drained++;
            }
        });
        made.postReceives();
        poller.attach(made);
        made.open(core);
        return made;
    }

    /** The host sends a command with a keyed buffer of just the length. */
    final void host(Direction direction, int lengthBytes) {
        core.direction = direction;
        core.transferLengthBytes = lengthBytes;
        verbs.capsule(capsule(SglDescriptor.KEYED_ADDRESS, lengthBytes));
        poller.poll();
    }

    final void answerAll(boolean success) {
        for (Request request : List.copyOf(core.executing)) {
            core.answer(request, success);
        }
        poller.poll();
    }

    final void completeSends() {
        List<FakeVerbs.Posted> done = List.copyOf(verbs.sends);
        verbs.sends.clear();
        done.stream().filter(FakeVerbs.Posted::isSignalled).forEach(verbs::complete);
        poller.poll();
    }

    final List<Integer> opcodes() {
        return verbs.sends.stream().map(FakeVerbs.Posted::opcode).toList();
    }

    static byte[] capsule(int type, int lengthBytes) {
        byte[] bytes = new byte[Request.SQE_BYTES];
        SglDescriptor.encodeKeyed(MemorySegment.ofArray(bytes), Sqe.SGL1, type, HOST, lengthBytes, KEY);
        if (type < SglDescriptor.KEYED_ADDRESS) {
            SglDescriptor.encode(MemorySegment.ofArray(bytes), Sqe.SGL1, type, 0, lengthBytes);
        }
        return bytes;
    }

    static byte[] inCapsule(long offset, int lengthBytes, int dataBytes) {
        byte[] bytes = new byte[Request.SQE_BYTES + dataBytes];
        Arrays.fill(bytes, Request.SQE_BYTES, bytes.length, (byte) 0x5A);
        SglDescriptor.encode(
                MemorySegment.ofArray(bytes), Sqe.SGL1, SglDescriptor.DATA_BLOCK_OFFSET, offset, lengthBytes);
        return bytes;
    }
}
