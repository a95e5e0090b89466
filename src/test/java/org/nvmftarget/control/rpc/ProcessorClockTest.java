package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

final class ProcessorClockTest {

    private final ProcessorClock clock = new ProcessorClock();

    @Test
    void theKernelsFiguresAreReadAfterTheThreadsName() {
        assertEquals(new ProcessorTimes(14, 15), parse("7 (a) 1) S 4 5 6 -7 8 9 10 11 12 13 14 15 16 17\n"));
        assertEquals(new ProcessorTimes(0, 1234567890123L), parse("7 () R 4 5 6 7 8 9 10 11 12 13 0 1234567890123 0"));
    }

    @Test
    void whatIsNoLineOfTheKernelsTellsNothing() {
        assertEquals(ProcessorTimes.NONE, parse("7 (a) S 4 5 6 7 8 9 10 11 12 13 14"));
        assertEquals(ProcessorTimes.NONE, parse(""));
        assertEquals(ProcessorTimes.NONE, parse("7"));
        assertEquals(ProcessorTimes.NONE, ProcessorTimes.parse(new byte[16], -1));
    }

    @Test
    void aThreadsTimeIsReadAnewEachTime() throws Exception {
        long tid = Long.parseLong(
                Path.of("/proc/thread-self").toRealPath().getFileName().toString());
        ProcessorTimes first = clock.of(tid);
        while (total(clock.of(tid)) == total(first)) {
            Thread.onSpinWait(); // a tick of the kernel's passes
        }
        assertTrue(total(clock.of(tid)) > total(first));
    }

    @Test
    void aThreadThatIsGoneTellsNothingAndItsFileIsClosed() throws Exception {
        BlockingQueue<Long> tids = new LinkedBlockingQueue<>();
        CountDownLatch asked = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().start(() -> tell(tids, asked));
        long tid = tids.take();
        clock.of(tid);
        assertEquals(1, openFilesOf(tid));
        asked.countDown();
        thread.join();
        while (Files.exists(Path.of("/proc/self/task/" + tid))) {
            Thread.onSpinWait(); // the kernel's thread ends a moment after Java's
        }
        assertEquals(ProcessorTimes.NONE, clock.of(tid));
        assertEquals(0, openFilesOf(tid));
    }

    private static void tell(BlockingQueue<Long> tids, CountDownLatch asked) {
        try {
            tids.add(Long.parseLong(
                    Path.of("/proc/thread-self").toRealPath().getFileName().toString()));
            asked.await();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long openFilesOf(long tid) throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.map(ProcessorClockTest::target)
                    .filter(target -> target.endsWith("/task/" + tid + "/stat"))
                    .count();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static long total(ProcessorTimes times) {
        return times.user() + times.system();
    }

    private static ProcessorTimes parse(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
        return ProcessorTimes.parse(bytes, bytes.length);
    }
}
