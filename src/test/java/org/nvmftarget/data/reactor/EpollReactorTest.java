package org.nvmftarget.data.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.data.ffi.libc.Epoll;
import org.nvmftarget.data.ffi.libc.Posix;

@Timeout(30)
class EpollReactorTest {

    private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    private final EpollReactor reactor = EpollReactor.start(options("test-reactor"));
    private final Arena arena = Arena.ofShared();
    private final MemorySegment eight = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);

    private ReactorOptions options(String name) {
        return ReactorOptions.of(name, (who, thrown) -> fatal.complete(thrown));
    }

    @AfterEach
    void close() {
        reactor.close();
        arena.close();
    }

    private <T> T inReactor(Callable<T> task) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        reactor.execute(() -> {
            try {
                done.complete(task.call());
            } catch (Exception thrown) {
                done.completeExceptionally(thrown);
            }
        });
        return done.get(10, TimeUnit.SECONDS);
    }

    /** A message may be run by the turn that its sender is waiting on; a timer only by one that looked at descriptors. */
    private void afterATurn() throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        reactor.execute(() -> reactor.schedule(0, () -> done.complete(true)));
        done.get(10, TimeUnit.SECONDS);
    }

    private static int newEventFd() {
        int fd = Epoll.eventfd(0, Epoll.EFD_CLOEXEC | Epoll.EFD_NONBLOCK);
        assertTrue(fd >= 0);
        return fd;
    }

    @Test
    void shouldRunTheMessagesOfEachSenderInOrder() throws Exception {
        List<List<Integer>> seen = IntStream.range(0, 4)
                .mapToObj(sender -> (List<Integer>) new ArrayList<Integer>())
                .toList();
        List<Thread> senders = IntStream.range(0, 4)
                .mapToObj(sender -> Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < 5000; n++) {
                        int message = n;
                        reactor.execute(() -> seen.get(sender).add(message));
                    }
                }))
                .toList();
        for (Thread sender : senders) {
            sender.join();
        }

        List<List<Integer>> copies =
                inReactor(() -> seen.stream().map(List::copyOf).toList());

        copies.forEach(copy -> assertEquals(IntStream.range(0, 5000).boxed().toList(), copy));
    }

    @Test
    void shouldTurnBeforeItRunsAMessageThatSendsItselfAgain() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        List<Integer> ranInTurn = new ArrayList<>();
        CompletableFuture<List<Integer>> done = new CompletableFuture<>();
        Runnable again = new Runnable() {
            @Override
            public void run() {
                ranInTurn.add(turns.get());
                if (ranInTurn.size() < 5) {
                    reactor.execute(this);
                } else {
                    done.complete(ranInTurn);
                }
            }
        };
        reactor.execute(() -> {
            reactor.addPoller(new Reactor.Poller() {
                @Override
                public int poll() {
                    turns.incrementAndGet();
                    return 0;
                }

                @Override
                public boolean arm() {
                    return true;
                }
            });
            again.run();
        });

        List<Integer> turned = done.get(10, TimeUnit.SECONDS);

        assertEquals(turned.stream().distinct().toList(), turned);
    }

    @Test
    void shouldWakeFromSleepForEveryMessage() throws Exception {
        for (int n = 0; n < 200; n++) {
            int sent = n;
            assertEquals(sent, inReactor(() -> sent));
            Thread.sleep(n % 20 == 0 ? 1 : 0);
        }
    }

    @Test
    void shouldKnowItsOwnThread() throws Exception {
        assertFalse(reactor.inReactor());
        assertTrue(inReactor(reactor::inReactor));
        assertEquals("test-reactor", inReactor(() -> Thread.currentThread().getName()));
    }

    @Test
    void shouldTellAReadyDescriptorUntilItIsUnwatched() throws Exception {
        int fd = newEventFd();
        BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
        inReactor(() -> {
            reactor.watch(fd, Reactor.READABLE, events -> {
                told.add(events);
                reactor.unwatch(fd);
            });
            return true;
        });

        Posix.write(fd, eight.address(), 8);

        assertEquals(Reactor.READABLE, told.poll(10, TimeUnit.SECONDS));
        afterATurn();
        assertTrue(told.isEmpty());
        Posix.close(fd);
    }

    @Test
    void shouldChangeWhatAWatchWaitsFor() throws Exception {
        int fd = newEventFd();
        BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
        inReactor(() -> {
            reactor.watch(fd, Reactor.READABLE, events -> {
                told.add(events);
                reactor.unwatch(fd);
            });
            reactor.rewatch(fd, Reactor.WRITABLE);
            return true;
        });

        assertEquals(Reactor.WRITABLE, told.poll(10, TimeUnit.SECONDS));
        Posix.close(fd);
    }

    @Test
    void shouldNotTellADescriptorThatAnotherHandlerUnwatchedInTheSameTurn() throws Exception {
        int[] fds = {newEventFd(), newEventFd()};
        AtomicInteger told = new AtomicInteger();
        inReactor(() -> {
            for (int fd : fds) {
                Posix.write(fd, eight.address(), 8);
                reactor.watch(fd, Reactor.READABLE, events -> {
                    told.incrementAndGet();
                    reactor.unwatch(fds[0]);
                    reactor.unwatch(fds[1]);
                });
            }
            return true;
        });
        afterATurn();
        afterATurn();

        assertEquals(1, told.get());
        Posix.close(fds[0]);
        Posix.close(fds[1]);
    }

    @Test
    void shouldRunATimerOnceAndNoCancelledOne() throws Exception {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        inReactor(() -> {
            reactor.schedule(300_000_000, () -> ran.add("late")); // more than a scheduler may take between these lines
            reactor.schedule(1_000_000, () -> ran.add("cancelled")).cancel();
            reactor.schedule(0, () -> ran.add("soon"));
            return true;
        });

        assertEquals("soon", ran.poll(10, TimeUnit.SECONDS));
        assertEquals("late", ran.poll(10, TimeUnit.SECONDS));
        afterATurn();
        assertTrue(ran.isEmpty());
    }

    @Test
    void shouldServeReadyDescriptorsBeforeATimerThatCameDueInAStall() throws Exception {
        AtomicLong clock = new AtomicLong(1);
        int fd = newEventFd();
        BlockingQueue<String> order = new LinkedBlockingQueue<>();
        try (EpollReactor stalled = EpollReactor.start(options("stalled").withClock(clock::get))) {
            stalled.execute(() -> {
                stalled.watch(fd, Reactor.READABLE, events -> {
                    order.add("descriptor");
                    stalled.unwatch(fd);
                });
                stalled.schedule(1_000, () -> order.add("timer"));
                Posix.write(fd, eight.address(), 8);
                clock.addAndGet(1_000_000_000);
            });

            assertEquals("descriptor", order.poll(10, TimeUnit.SECONDS));
            assertEquals("timer", order.poll(10, TimeUnit.SECONDS));
        }
        Posix.close(fd);
    }

    @Test
    void shouldArmPollersBeforeItSleepsAndPollAgainWhenOneMayHaveWork() throws Exception {
        int fd = newEventFd();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        AtomicInteger arms = new AtomicInteger();
        Reactor.Poller poller = new Reactor.Poller() {
            private boolean late;

            @Override
            public int poll() {
                if (late) {
                    late = false;
                    seen.add("polled");
                    return 1;
                }
                return 0;
            }

            @Override
            public boolean arm() {
                late = arms.incrementAndGet() == 1;
                return !late;
            }
        };
        inReactor(() -> {
            reactor.addPoller(poller);
            return true;
        });

        assertEquals("polled", seen.poll(10, TimeUnit.SECONDS));
        inReactor(() -> {
            reactor.removePoller(poller);
            return true;
        });
        int armedWhileThere = arms.get();
        afterATurn();
        assertEquals(armedWhileThere, arms.get());
        Posix.close(fd);
    }

    /** Work comes every {@code gapNs} of a time that goes by from poll to poll; says when the reactor would have slept. */
    private static final class PacedPoller implements Reactor.Poller {
        private static final long POLL_NS = 10_000;

        final AtomicLong clock = new AtomicLong(1);
        final CompletableFuture<Integer> sleepsInTheEnd = new CompletableFuture<>();
        private final long gapNs;
        private final int pieces;
        private long lastWorkNs = 1;
        private int worked;
        private int sleepsWhileLearning;
        private int sleeps;

        PacedPoller(long gapNs, int pieces) {
            this.gapNs = gapNs;
            this.pieces = pieces;
        }

        @Override
        public int poll() {
            long nowNs = clock.addAndGet(POLL_NS);
            if (nowNs - lastWorkNs < gapNs) {
                return 0;
            }
            lastWorkNs = nowNs;
            worked++;
            if (worked == pieces / 2) {
                sleepsWhileLearning = sleeps;
            }
            if (worked == pieces) {
                sleepsInTheEnd.complete(sleeps - sleepsWhileLearning);
            }
            return 1;
        }

        @Override
        public boolean arm() {
            sleeps++;
            return false;
        }
    }

    private int sleepsInTheEnd(long gapNs, long maxSpinNs) throws Exception {
        PacedPoller poller = new PacedPoller(gapNs, 1000);
        ReactorOptions paced = options("paced").withClock(poller.clock::get).withMaxSpinNs(maxSpinNs);
        try (EpollReactor there = EpollReactor.start(paced)) {
            there.execute(() -> there.addPoller(poller));
            return poller.sleepsInTheEnd.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldStayAwakeForWorkThatComesAgainAndAgain() throws Exception {
        assertEquals(0, sleepsInTheEnd(300_000, ReactorOptions.MOST_SPIN_NS));
    }

    @Test
    void shouldSleepBetweenPiecesOfWorkThatComeTooSeldom() throws Exception {
        assertTrue(sleepsInTheEnd(5_000_000, ReactorOptions.MOST_SPIN_NS) >= 500);
    }

    @Test
    void shouldSleepSoonWhereItMayNotSpinForLong() throws Exception {
        assertTrue(sleepsInTheEnd(300_000, ReactorOptions.LEAST_SPIN_NS) >= 500);
    }

    @Test
    void shouldCountSleepAsIdleTime() throws Exception {
        long idle = inReactor(reactor::idleNs);
        Thread.sleep(20);
        afterATurn();
        afterATurn();

        assertTrue(reactor.idleNs() > idle, "a sleep counts as idle time");
    }

    @Test
    void shouldHandAnUncaughtErrorToItsHandlerAndEnd() throws Exception {
        IllegalStateException bug = new IllegalStateException("a bug");
        reactor.execute(() -> {
            throw bug;
        });

        assertSame(bug, fatal.get(10, TimeUnit.SECONDS));
        reactor.close();
        assertThrows(RejectedExecutionException.class, () -> reactor.execute(() -> {}));
    }

    @Test
    void shouldRunWhatWasSentBeforeItClosed() {
        AtomicInteger ran = new AtomicInteger();
        IntStream.range(0, 10_000).forEach(n -> reactor.execute(ran::incrementAndGet));

        reactor.close();

        assertEquals(10_000, ran.get());
    }

    @Test
    void shouldSayThatThereIsNoSuchCpu() {
        IllegalStateException refused = assertThrows(
                IllegalStateException.class,
                () -> EpollReactor.start(options("far").withCpu(8000)));

        assertTrue(String.valueOf(refused.getMessage()).contains("CPU 8000"), String.valueOf(refused.getMessage()));
    }
}
