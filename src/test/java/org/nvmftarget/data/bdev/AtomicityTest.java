package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.model.BdevSpec;

/** Several reactors on the same blocks of one device: what is one operation is seen whole or not at all. */
@Timeout(60)
class AtomicityTest {

    private static final int BLOCK = 512;
    private static final int THREADS = 4;
    private static final int ROUNDS = 3000;
    /** Eight blocks across the border of two chunks. */
    private static final long LBA = 2044;

    private static final int BLOCKS = 8;

    private final MallocBdev bdev = new MallocBdev(new BdevSpec.Malloc("shared", 8L << 20, BLOCK, new UUID(5, 6)));
    private final ConcurrentLinkedQueue<String> torn = new ConcurrentLinkedQueue<>();

    private interface Worker {
        void round(Random random);
    }

    /** Runs {@code worker} on every thread; a seed that fails is in the message. */
    private void together(long seed, Worker worker) throws InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed + i);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                    for (int n = 0; n < ROUNDS; n++) {
                        worker.round(random);
                    }
                } catch (Exception | AssertionError thrown) {
                    torn.add(thrown.toString());
                }
            }));
        }
        start.countDown();
        for (Thread t : threads) {
            t.join();
        }
        bdev.close();
        assertEquals(List.of(), List.copyOf(torn), "seed " + seed);
    }

    private static byte[] filled(int blocks, long value) {
        byte[] bytes = new byte[blocks * BLOCK];
        MemorySegment s = MemorySegment.ofArray(bytes);
        for (int i = 0; i < bytes.length; i += 8) {
            s.set(ValueLayout.JAVA_LONG_UNALIGNED, i, value);
        }
        return bytes;
    }

    /** The one value that fills the blocks, or a complaint. */
    private long value(byte[] bytes) {
        MemorySegment s = MemorySegment.ofArray(bytes);
        long first = s.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        for (int i = 8; i < bytes.length; i += 8) {
            if (s.get(ValueLayout.JAVA_LONG_UNALIGNED, i) != first) {
                torn.add("byte " + i + " is of another write");
                return -1;
            }
        }
        return first;
    }

    private byte[] read(long lba, int blocks) {
        byte[] bytes = new byte[blocks * BLOCK];
        assertEquals(BdevStatus.OK, new TestIo(bdev).run(BdevOp.READ, lba, blocks, bytes, 0));
        return bytes;
    }

    @Test
    void aCounterKeptByCompareAndWriteLosesNothing() throws InterruptedException {
        AtomicLong increments = new AtomicLong();
        AtomicLong last = new AtomicLong();
        together(20261126, random -> {
            long seen = value(read(LBA, BLOCKS));
            BdevStatus status =
                    new TestIo(bdev).compareAndWrite(LBA, BLOCKS, filled(BLOCKS, seen), filled(BLOCKS, seen + 1));
            if (status == BdevStatus.OK) {
                increments.incrementAndGet();
                last.accumulateAndGet(seen + 1, Math::max);
            } else {
                assertEquals(BdevStatus.MISCOMPARE, status);
            }
        });
        assertEquals(increments.get(), last.get());
    }

    /**
     * What is long is in two chunks, what is short in the second of them alone; both fill the short with one value.
     * They are as large as a command may be, so that there is time to be seen half done.
     */
    @Test
    void noOneSeesACompareAndWriteOrAWriteHalfDone() throws InterruptedException {
        int half = 256;
        long border = 2048;
        together(4711, random -> {
            boolean whole = random.nextBoolean();
            long lba = whole ? border - half : border;
            int blocks = whole ? 2 * half : half;
            byte[] mine = filled(blocks, random.nextLong(1, 1000));
            switch (random.nextInt(3)) {
                case 0 -> new TestIo(bdev).run(BdevOp.WRITE, lba, blocks, mine, 0);
                case 1 -> new TestIo(bdev).compareAndWrite(lba, blocks, read(lba, blocks), mine);
                default -> value(read(border, half));
            }
        });
    }

    @Test
    void aCopyTakesAndLeavesWholeBlocks() throws InterruptedException {
        together(815, random -> {
            long a = LBA + random.nextInt(BLOCKS);
            long b = LBA + random.nextInt(BLOCKS);
            switch (random.nextInt(4)) {
                case 0 -> new TestIo(bdev).run(BdevOp.WRITE, a, 1, filled(1, random.nextLong()), 0);
                case 1, 2 -> new TestIo(bdev).copy(Math.min(a, b), Math.max(a, b), 1 + random.nextInt(BLOCKS), 0);
                default -> value(read(b, 1));
            }
        });
    }

    /** Threads that copy to and from each other's chunks, which lock in opposite order, never wait for each other. */
    @Test
    void copiesInOppositeDirectionsEnd() throws InterruptedException {
        together(99, random -> {
            long here = 100L + random.nextInt(50);
            long there = 5000L + random.nextInt(50);
            boolean forth = random.nextBoolean();
            BdevStatus status = new TestIo(bdev).copy(forth ? here : there, forth ? there : here, 16, 0);
            assertEquals(BdevStatus.OK, status);
        });
    }

    @Test
    void spoilingZeroingAndDeallocatingNeverShowOldData() throws InterruptedException {
        together(31337, random -> {
            long lba = LBA + random.nextInt(BLOCKS);
            switch (random.nextInt(5)) {
                case 0 -> new TestIo(bdev).run(BdevOp.WRITE, lba, 1, filled(1, random.nextLong()), 0);
                case 1 -> new TestIo(bdev).run(BdevOp.WRITE_ZEROES, LBA, BLOCKS, new byte[0], 0);
                case 2 -> new TestIo(bdev).run(BdevOp.UNMAP, LBA, BLOCKS, new byte[0], 0);
                case 3 -> new TestIo(bdev).run(BdevOp.WRITE_UNCORRECTABLE, lba, 1, new byte[0], 0);
                default -> {
                    byte[] bytes = new byte[BLOCK];
                    BdevStatus status = new TestIo(bdev).run(BdevOp.READ, lba, 1, bytes, 0);
                    if (status == BdevStatus.OK) {
                        value(bytes);
                    } else {
                        assertEquals(BdevStatus.UNREADABLE, status);
                    }
                }
            }
        });
        long used = bdev.usedBlocks();
        assertTrue(used >= 0 && used <= BLOCKS, () -> "blocks in use: " + used);
    }
}
