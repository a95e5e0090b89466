package org.nvmftarget.data.reactor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;

/**
 * A {@link Reactor} on epoll. While there is work it spins; after a {@link SpinWindow} without any it arms its pollers
 * and sleeps until a descriptor is ready, a timer is due or a message comes. A timer runs only in a turn that has looked
 * at all pollers and descriptors since the timer's time came, also after a stall of the whole process.
 */
public final class EpollReactor implements Reactor, AutoCloseable {

    private static final int MESSAGES_PER_TURN = 1024;
    private static final int QUEUE_CHUNK = 1024;
    private static final int POLL_ROUNDS_BEFORE_TIMERS = 64;
    private static final int TURNS_BETWEEN_EPOLLS = 8;
    private static final long YIELDS_AFTER_NS = 200_000;
    private static final long NS_PER_MS = 1_000_000;
    private static final Poller[] NO_POLLERS = {};

    private final ReactorOptions options;
    private final MpscUnboundedVarHandleArrayQueue<Runnable> messages =
            new MpscUnboundedVarHandleArrayQueue<>(QUEUE_CHUNK);
    private final MessagePassingQueue.Consumer<Runnable> runMessage = Runnable::run;
    private final TimerHeap timers = new TimerHeap();
    private final TurnTimes times = new TurnTimes();
    private final CompletableFuture<Boolean> started = new CompletableFuture<>();
    private final Descriptors descriptors = new Descriptors();
    private final WakeUp wakeUp = new WakeUp();
    private final DataMemory dataMemory = new DataMemory();
    private final SpinWindow window;
    private final SpinWindow diskWindow;
    private SpinWindow lastWindow;
    private final Thread thread;

    private volatile long tid;
    private volatile boolean closing;
    private volatile boolean ended;
    private Poller[] pollers = NO_POLLERS;
    private @Nullable Sleeper sleeper;
    private long nowNs;
    private long lastWorkNs;
    private int removedPollers;
    private int turnsWithoutEpoll;

    private EpollReactor(ReactorOptions options) {
        this.options = options;
        long leastSpinNs = Math.min(ReactorOptions.LEAST_SPIN_NS, options.maxSpinNs());
        this.window = new SpinWindow(leastSpinNs, options.maxSpinNs(), false);
        this.diskWindow = new SpinWindow(leastSpinNs, options.maxSpinNs(), true);
        this.lastWindow = window;
        this.thread = Thread.ofPlatform().name(options.name()).daemon(true).unstarted(this::live);
    }

    /**
     * Starts a reactor.
     *
     * @throws IllegalStateException if its thread cannot be bound to the CPU that it shall have
     */
    public static EpollReactor start(ReactorOptions options) {
        EpollReactor reactor = new EpollReactor(options);
        reactor.thread.start();
        try {
            reactor.started.join();
        } catch (CompletionException failed) {
            throw new IllegalStateException(
                    "reactor " + options.name() + " did not start: " + failed.getMessage(), failed);
        }
        return reactor;
    }

    @Override
    public String name() {
        return options.name();
    }

    @Override
    public boolean inReactor() {
        return Thread.currentThread() == thread;
    }

    /** @throws RejectedExecutionException once the reactor has ended */
    @Override
    public void execute(Runnable message) {
        if (ended) {
            throw new RejectedExecutionException("reactor " + options.name() + " has ended");
        }
        messages.offer(message);
        if (wakeUp.claim()) {
            wakeUp.signal();
        }
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        // Not from when the turn began: a turn may be long, and nothing shall come early.
        return timers.add(options.clock().getAsLong() + delayNs, task);
    }

    @Override
    public void addPoller(Poller poller) {
        pollers = Arrays.copyOf(pollers, pollers.length + 1);
        pollers[pollers.length - 1] = poller;
    }

    @Override
    public void removePoller(Poller poller) {
        removedPollers++;
        pollers = Arrays.stream(pollers).filter(other -> !other.equals(poller)).toArray(Poller[]::new);
    }

    @Override
    public void watch(int fd, int events, FdHandler handler) {
        descriptors.watch(fd, events, handler);
    }

    @Override
    public void rewatch(int fd, int events) {
        descriptors.rewatch(fd, events);
    }

    @Override
    public void unwatch(int fd) {
        descriptors.unwatch(fd);
    }

    @Override
    public boolean sleepBy(@Nullable Sleeper newSleeper) {
        boolean free = sleeper == null || newSleeper == null;
        if (free) {
            sleeper = newSleeper;
        }
        return free;
    }

    @Override
    public DataMemory dataMemory() {
        return dataMemory;
    }

    /** Time spent in turns that found work; from any thread. */
    public long busyNs() {
        return times.busyNs();
    }

    /** Time spent asleep, or looking for work in vain; from any thread. */
    public long idleNs() {
        return times.idleNs(options.clock());
    }

    @Override
    public Times times() {
        return new Times(options.cpu(), tid, busyNs(), idleNs(), times.turns(), times.busyTurns());
    }

    private void live() {
        try {
            bindToCpu();
            tid = ownTid();
            nowNs = options.clock().getAsLong();
            lastWorkNs = nowNs;
            descriptors.watch(wakeUp.fd(), READABLE, events -> wakeUp.drain());
        } catch (RuntimeException failed) {
            release();
            started.completeExceptionally(failed);
            return;
        }
        started.complete(true);
        try {
            while (!closing) {
                turn();
            }
            ended = true;
            // The queue's own drain stops after 4,096 messages.
            while (!messages.isEmpty()) {
                messages.drain(runMessage, MESSAGES_PER_TURN);
            }
        } catch (Throwable fatal) {
            ended = true;
            options.onFatal().accept(this, fatal);
        } finally {
            release();
        }
    }

    private void bindToCpu() {
        if (options.cpu().isEmpty()) {
            return;
        }
        int cpu = options.cpu().getAsInt();
        int result = Posix.pinThread(cpu);
        if (result < 0) {
            throw new IllegalStateException("its thread cannot run on CPU " + cpu + ": " + Errno.message(result));
        }
    }

    /** Of the calling thread; 0 if the kernel does not tell. */
    private static long ownTid() {
        try {
            // As in 123/task/456
            return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/thread-self"))
                    .getFileName()
                    .toString());
        } catch (IOException withoutProc) {
            return 0;
        }
    }

    private void release() {
        ended = true;
        wakeUp.close();
        descriptors.close();
    }

    private void turn() {
        long beganNs = nowNs;
        int work = runMessages();
        work += poll() + serveDescriptors();
        // Timers come when they are due: no reason to look for them.
        int timersRun = runTimers();
        nowNs = options.clock().getAsLong();
        if (work > 0) {
            lastWindow.workAfter(beganNs - lastWorkNs);
            lastWorkNs = nowNs;
        }
        if (work + timersRun > 0) {
            times.busy(nowNs - beganNs);
        } else {
            idle(nowNs - lastWorkNs);
            times.idle(nowNs - beganNs);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a courtesy to others; nothing depends on what the scheduler makes of it
    private void idle(long sinceWorkNs) {
        lastWindow = sleeper != null && sleeper.isBusy() ? diskWindow : window;
        if (sinceWorkNs >= lastWindow.ns() && sleep()) {
            nowNs = options.clock().getAsLong();
        } else if (sinceWorkNs >= YIELDS_AFTER_NS) {
            // Who looks for long must not keep the CPU from those who make the work. Before that, a round trip to the
            // host
            // and back is no time to spend on system calls.
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    /** What is there now: a message that sends itself again comes in another turn. */
    private int runMessages() {
        return messages.drain(runMessage, Math.min(messages.size(), MESSAGES_PER_TURN));
    }

    private int poll() {
        int removedBefore = removedPollers;
        int work = 0;
        for (Poller poller : pollers) {
            if (removedPollers == removedBefore || isPresent(poller)) {
                work += poller.poll();
            }
        }
        return work;
    }

    private boolean isPresent(Poller poller) {
        for (Poller present : pollers) {
            if (present.equals(poller)) {
                return true;
            }
        }
        return false;
    }

    /** With pollers to look at, epoll is a system call too many in most turns, be there work or not. */
    private int serveDescriptors() {
        if (!descriptors.hasReady()) {
            if (!asksEpoll()) {
                turnsWithoutEpoll++;
                return 0;
            }
            descriptors.await(0);
        }
        turnsWithoutEpoll = 0;
        return descriptors.dispatch();
    }

    private boolean asksEpoll() {
        if (sleeper != null && sleeper.sawDescriptor()) {
            return true;
        }
        boolean isTold = sleeper != null && sleeper.awaitsDescriptor();
        return !isTold && (pollers.length == 0 || turnsWithoutEpoll >= TURNS_BETWEEN_EPOLLS);
    }

    private int runTimers() {
        if (!timers.isDue(nowNs)) {
            return 0;
        }
        runMessages();
        int rounds = 0;
        while (poll() > 0 && rounds < POLL_ROUNDS_BEFORE_TIMERS) {
            rounds++;
        }
        descriptors.await(0);
        descriptors.dispatch();
        return timers.runDue(nowNs);
    }

    /** Sleeps until there may be work; false if a poller would not have it. */
    private boolean sleep() {
        for (Poller poller : pollers) {
            if (!poller.arm()) {
                return false;
            }
        }
        wakeUp.aboutToSleep();
        if (messages.isEmpty() && !closing) {
            times.sleeps(nowNs);
            sleep(timeoutNs());
        }
        wakeUp.awake();
        return true;
    }

    private void sleep(long timeoutNs) {
        if (sleeper == null || !sleeper.sleep(descriptors.fd(), timeoutNs)) {
            descriptors.await(
                    timeoutNs < 0 ? -1 : Math.clamp((timeoutNs + NS_PER_MS - 1) / NS_PER_MS, 0, Integer.MAX_VALUE));
        }
    }

    /** Below zero without an end. */
    private long timeoutNs() {
        return timers.isEmpty()
                ? -1
                : Math.max(0, timers.firstDeadlineNs() - options.clock().getAsLong());
    }

    /**
     * Ends the reactor after the messages that it has; from another thread it returns when the reactor has ended.
     * Idempotent.
     */
    @Override
    public void close() {
        closing = true;
        if (wakeUp.claim()) {
            wakeUp.signal();
        }
        if (inReactor()) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
