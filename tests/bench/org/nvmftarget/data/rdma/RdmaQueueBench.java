package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.ImmediateQueuePair;
import org.nvmftarget.data.target.Request;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The transport's part of one command, from the completion of its receive to that of its response: without a device and
 * without a core. Run with {@code -prof gc}: 0 B/op.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class RdmaQueueBench {

    private static final int DEPTH = 32;
    private static final int BYTES = 4096;
    private static final TransportAddress ADDRESS =
            new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, "10.0.0.1", 4420);

    /** What every command is. */
    public enum Kind {
        READ,
        WRITE,
        WRITE_IN_CAPSULE,
        READ_TO_FOUR_PIECES
    }

    private static final CqPoller.Group NOTHING_IS_LOST = new CqPoller.Group() {
        @Override
        public void lost(String reason) {
            throw new IllegalStateException(reason);
        }

        @Override
        public void pollerLost() {
            throw new IllegalStateException("the poller");
        }
    };

    @Param
    public Kind kind = Kind.READ;

    private final LoopVerbs verbs = new LoopVerbs();
    private CqPoller poller = poller();

    @Setup(Level.Trial)
    public void open() throws VerbsException {
        poller = poller();
        TransportOptions.Rdma options = TransportOptions.rdma();
        QueueSetup setup = new QueueSetup(
                new ConnectData(1, DEPTH),
                ADDRESS,
                ADDRESS,
                new InetSocketAddress("10.0.0.2", 5000),
                options,
                new QueueMemory(QueueMemory.Shape.of(DEPTH, options), Arena.global(), verbs.domain),
                16,
                8 * DEPTH);
        RdmaQueue queue = new RdmaQueue(setup, verbs.qp, poller, poller.reserve(8 * DEPTH), new QueueOwner() {
            @Override
            public void end(String reason) {
                throw new IllegalStateException(reason);
            }

            @Override
            public void drained() {}
        });
        poller.attach(queue);
        boolean write = kind == Kind.WRITE || kind == Kind.WRITE_IN_CAPSULE;
        queue.open(new ImmediateQueuePair(write ? Direction.HOST_TO_CONTROLLER : Direction.CONTROLLER_TO_HOST, BYTES));
        for (RecvSlot slot : Objects.requireNonNull(poller.share().receives()).slots) {
            capsule(slot);
        }
    }

    private CqPoller poller() {
        try {
            DeviceStats stats = new DeviceStats();
            PoolSizes sizes = PoolSizes.of(TransportOptions.Common.DEFAULTS, 1);
            SharedReceives receives = SharedReceives.open(verbs.domain, 4096, BYTES, Arena.global(), stats);
            BufferPool pool = new BufferPool(LoopVerbs.region(sizes.totalBytes()), 0, sizes, stats);
            DataWrPool wrs = new DataWrPool(4095, Arena.global());
            Share share = new Share(new FakeReactor(), pool, wrs, receives, false, true, stats);
            return new CqPoller(share, verbs.cq, NOTHING_IS_LOST);
        } catch (VerbsException e) {
            throw new IllegalStateException(e);
        }
    }

    private void capsule(RecvSlot slot) {
        MemorySegment memory = slot.memory();
        switch (kind) {
            case READ, WRITE ->
                SglDescriptor.encodeKeyed(slot.sqe, Sqe.SGL1, SglDescriptor.KEYED_INVALIDATE, 0x1000, BYTES, 7);
            case WRITE_IN_CAPSULE ->
                SglDescriptor.encode(slot.sqe, Sqe.SGL1, SglDescriptor.DATA_BLOCK_OFFSET, 0, BYTES);
            case READ_TO_FOUR_PIECES -> {
                int listBytes = 4 * SglDescriptor.BYTES;
                SglDescriptor.encode(slot.sqe, Sqe.SGL1, SglDescriptor.LAST_SEGMENT_OFFSET, 0, listBytes);
                for (int i = 0; i < 4; i++) {
                    long at = slot.dataOffset() + (long) i * SglDescriptor.BYTES;
                    SglDescriptor.encodeKeyed(memory, at, SglDescriptor.KEYED_ADDRESS, 0x1000, BYTES / 4, 7);
                }
            }
        }
    }

    /** {@value #DEPTH} commands come at once. */
    @Benchmark
    @OperationsPerInvocation(DEPTH)
    public long batch() {
        for (int i = 0; i < DEPTH; i++) {
            verbs.capsule(Request.SQE_BYTES + BYTES);
        }
        return drain();
    }

    /** One command comes alone. */
    @Benchmark
    public long one() {
        verbs.capsule(Request.SQE_BYTES + BYTES);
        return drain();
    }

    private long drain() {
        int work = 0;
        for (int n = poller.poll(); n > 0; n = poller.poll()) {
            work += n;
        }
        return work;
    }
}
