package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.BLOCK;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Step;

/**
 * Two hosts, each on a queue of its own reactor and thread, race for counters by nothing but fused Compare and Write: a
 * counter ends at the number of pairs that succeeded, and no one sees one that is half written.
 */
class FusedRaceTest {

    private static final int NSID = 2;

    /** First blocks: of a counter in one piece of the device's memory, and of one on the border of two. */
    private static final long[] COUNTERS = {3, 2047};

    private static final int BLOCKS = 2;
    private static final int BYTES = BLOCKS * BLOCK;

    /** Both hosts have seen the same number before either of them counts on. */
    private static final int ROUNDS_TOGETHER = 500;

    private static final int ATTEMPTS_AT_WILL = 3000;

    private final TestTarget t = TestTarget.serving();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void aCounterCountsThePairsThatSucceeded(long seed) throws Exception {
        t.done(new Step.CreateBdev(TestTarget.malloc("wide", 4096)));
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(NSID, "wide")));
        TestHost a = TestHost.of(t, 1, 0);
        TestHost b = TestHost.of(t, 2, 1);
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicIntegerArray winners = new AtomicIntegerArray(ROUNDS_TOGETHER);
        List<Racer> racers = List.of(
                new Racer(a.io, new Random(seed), together, winners),
                new Racer(b.io, new Random(-seed), together, winners));
        race(racers);
        for (int round = 0; round < ROUNDS_TOGETHER; round++) {
            assertEquals(1, winners.get(round), "hosts that counted in round " + round);
        }
        for (int i = 0; i < COUNTERS.length; i++) {
            int counter = i;
            long counted = racers.stream().mapToLong(r -> r.counted[counter]).sum();
            assertTrue(counted > 0);
            assertEquals(counted, racers.getFirst().read(counter), "counter " + counter);
        }
    }

    private static void race(List<Racer> racers) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(racers.size())) {
            List<Future<?>> ends = new ArrayList<>();
            racers.forEach(racer -> ends.add(threads.submit(racer)));
            for (Future<?> end : ends) {
                end.get();
            }
        }
    }

    /** A host on a thread of its own. */
    private static final class Racer implements Callable<Void> {
        private final TestQueue io;
        private final Random random;
        private final CyclicBarrier together;
        private final AtomicIntegerArray winners;
        /** By counter: how often it was counted on here. */
        final long[] counted = new long[COUNTERS.length];

        private int nextCid = 1;

        Racer(TestQueue io, Random random, CyclicBarrier together, AtomicIntegerArray winners) {
            this.io = io;
            this.random = random;
            this.together = together;
            this.winners = winners;
        }

        @Override
        public Void call() throws Exception {
            for (int round = 0; round < ROUNDS_TOGETHER; round++) {
                int counter = round % COUNTERS.length;
                long seen = read(counter);
                meet();
                if (countFrom(counter, seen)) {
                    winners.incrementAndGet(round);
                }
                meet();
            }
            for (int i = 0; i < ATTEMPTS_AT_WILL; i++) {
                int counter = random.nextInt(COUNTERS.length);
                countFrom(counter, read(counter));
            }
            return null;
        }

        /** Ends in an exception if the other one has failed. */
        private void meet() throws Exception {
            together.await(1, TimeUnit.MINUTES);
        }

        /** The number that fills the counter's blocks. */
        long read(int counter) {
            MemorySegment blocks =
                    MemorySegment.ofArray(io.read(Sq.io(Opcode.READ, NSID, COUNTERS[counter], BLOCKS), BYTES)
                            .read());
            long number = Wire.u64(blocks, 0);
            for (long at = 8; at < BYTES; at += 8) {
                assertEquals(number, Wire.u64(blocks, at), "a counter that is half written");
            }
            return number;
        }

        private static byte[] filled(long number) {
            byte[] bytes = new byte[BYTES];
            MemorySegment s = MemorySegment.ofArray(bytes);
            for (long at = 0; at < BYTES; at += 8) {
                Wire.putU64(s, at, number);
            }
            return bytes;
        }

        /** The capsules come behind each other, their data in any order. True if the counter has gone on. */
        private boolean countFrom(int counter, long seen) {
            TestRequest compare = capsule(Sqe.FUSE_FIRST, Opcode.COMPARE, counter, seen);
            TestRequest write = capsule(Sqe.FUSE_SECOND, Opcode.WRITE, counter, seen + 1);
            boolean inOrder = random.nextBoolean();
            data(inOrder ? compare : write);
            data(inOrder ? write : compare);
            boolean success = compare.status() == Status.SUCCESS;
            assertEquals(success ? Status.SUCCESS : Status.COMPARE_FAILURE | Status.DNR, compare.status());
            assertEquals(success ? Status.SUCCESS : Status.ABORTED_FAILED_FUSED, write.status());
            counted[counter] += success ? 1 : 0;
            return success;
        }

        private TestRequest capsule(int fuse, int opcode, int counter, long number) {
            MemorySegment sqe = Sq.io(opcode, NSID, COUNTERS[counter], BLOCKS);
            Wire.putU8(sqe, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | fuse);
            Wire.putU16(sqe, Sqe.CID, nextCid++ & 0x7FFF);
            TestRequest r = new TestRequest(sqe, filled(number), io);
            r.start(BYTES, 0);
            assertTrue(io.pair().receive(r));
            return r;
        }

        private void data(TestRequest r) {
            r.buffer();
            io.pair().execute(r);
        }
    }
}
