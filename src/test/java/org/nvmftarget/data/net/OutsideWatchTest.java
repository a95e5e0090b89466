package org.nvmftarget.data.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.ReactorOptions;

@Timeout(30)
class OutsideWatchTest {

    private static final long MS = 1_000_000;

    private final AtomicLong clock = new AtomicLong(1);
    private final EpollReactor acceptor =
            EpollReactor.start(ReactorOptions.of("acceptor", (reactor, thrown) -> thrown.printStackTrace())
                    .withClock(clock::get));
    private final AtomicInteger told = new AtomicInteger();

    @AfterEach
    void close() {
        acceptor.close();
    }

    /** In a turn that has read the clock as it is now: the first one may have begun before. */
    private void onAcceptor(Runnable task) throws Exception {
        turn(() -> {});
        turn(task);
    }

    private void turn(Runnable task) throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        acceptor.execute(() -> {
            task.run();
            // A timer is behind all others that are due.
            acceptor.schedule(0, () -> done.complete(true));
        });
        done.get(10, TimeUnit.SECONDS);
    }

    private static boolean isOfAnRdmaDevice(String uevent) {
        return OutsideWatch.isOfAnRdmaDevice(MemorySegment.ofArray(uevent.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldTellABurstOfNewsOnceAndOnceAfterwards() throws Exception {
        OutsideWatch watch = OutsideWatch.ofAddresses(acceptor, told::incrementAndGet);
        onAcceptor(() -> {
            watch.news();
            watch.news();
            watch.news();
        });
        assertEquals(0, told.get());

        clock.addAndGet(20 * MS);
        onAcceptor(() -> {});
        assertEquals(1, told.get());

        clock.addAndGet(980 * MS);
        onAcceptor(() -> {});
        assertEquals(2, told.get());
        watch.close();
    }

    @Test
    void shouldTellNothingOnceItIsClosed() throws Exception {
        OutsideWatch watch = OutsideWatch.ofAddressesAndRdmaDevices(acceptor, told::incrementAndGet);
        onAcceptor(watch::news);
        watch.close();

        clock.addAndGet(2000 * MS);
        onAcceptor(() -> {});

        assertEquals(0, told.get());
    }

    @Test
    void shouldPickOutTheNewsOfRdmaDevices() {
        assertTrue(
                isOfAnRdmaDevice("add@/devices/virtual/infiniband/rxe0\0ACTION=add\0SUBSYSTEM=infiniband\0SEQNUM=7\0"));
        assertFalse(isOfAnRdmaDevice("add@/devices/virtual/net/infiniband0\0ACTION=add\0SUBSYSTEM=net\0SEQNUM=8\0"));
        assertFalse(isOfAnRdmaDevice(
                "add@/devices/virtual/infiniband_verbs/uverbs0\0SUBSYSTEM=infiniband_verbs\0SEQNUM=9\0"));
    }
}
