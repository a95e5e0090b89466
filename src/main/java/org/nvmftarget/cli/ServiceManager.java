package org.nvmftarget.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.reconcile.Condition;
import org.nvmftarget.control.reconcile.TargetStatus;

/**
 * What systemd is told, if it started this process with {@code Type=notify}: that the target is ready, reloads or stops,
 * one line on how it is, and that its threads are alive.
 *
 * <p>Ready is a target whose first pass is over (so that each listener that can be open is), and whose socket answers.
 */
final class ServiceManager implements AutoCloseable {
    /** How often the line of status is looked after. */
    private static final Duration TICK = Duration.ofSeconds(1);

    /** Signs of life for each one that systemd waits for. */
    private static final int SIGNS = 4;

    private final Optional<NotifySocket> socket;
    private final Optional<Duration> interval;
    private final Watchdog watchdog = new Watchdog();
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Supplier<TargetStatus> status;
    private String summary = "";
    private String told = "";
    private boolean passed;
    private boolean ready;
    private long fedNs;

    private ServiceManager(Optional<NotifySocket> socket, Optional<Duration> interval) {
        this.socket = socket;
        this.interval = interval;
    }

    static ServiceManager of(Map<String, String> environment, long pid) {
        return new ServiceManager(NotifySocket.of(environment), Watchdog.interval(environment, pid));
    }

    /** See {@link Watchdog#add}; before {@link #serving}. */
    void watch(String name, Executor thread, BooleanSupplier isExcused) {
        watchdog.add(name, thread, isExcused);
    }

    /** A pass is over; {@code line} sums up its plan. */
    synchronized void passed(String line) {
        passed = true;
        summary = line;
        tellReady();
        tellStatus();
    }

    /** The target can be asked from now on. */
    synchronized void serving(Supplier<TargetStatus> asked) {
        status = asked;
        tellReady();
        if (socket.isPresent()) {
            Thread thread = new Thread(this::attend, "service-manager");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void tellReady() {
        if (passed && status != null && !ready) {
            ready = true;
            fedNs = System.nanoTime();
            send("READY=1", line());
        }
    }

    synchronized void reloading() {
        // System.nanoTime is CLOCK_MONOTONIC on Linux, which is what systemd compares with.
        socket.ifPresent(s -> s.send("RELOADING=1", "MONOTONIC_USEC=" + System.nanoTime() / 1000));
    }

    synchronized void reloaded() {
        send("READY=1", line());
    }

    synchronized void stopping() {
        send("STOPPING=1", "Stopping.");
    }

    private void attend() {
        try {
            while (!closed.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                attendOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void attendOnce() {
        tellStatus();
        long sinceNs = System.nanoTime() - fedNs;
        if (ready && interval.isPresent() && sinceNs >= interval.get().toNanos() / SIGNS && watchdog.isWell()) {
            fedNs = System.nanoTime();
            send("WATCHDOG=1", "");
        }
    }

    private void tellStatus() {
        if (ready && !line().equals(told)) {
            send("", line());
        }
    }

    /** The last plan in one line, and what is wrong with the file. */
    private String line() {
        Supplier<TargetStatus> asked = status;
        if (asked == null) {
            return summary;
        }
        TargetStatus now = asked.get();
        String file = now.has(Condition.Type.REFUSED)
                ? " The file is refused."
                : now.candidate().filter(c -> !c.problems().isEmpty()).isPresent() ? " The file is not valid." : "";
        String pending = now.pending().isEmpty() ? "" : " " + now.pending().size() + " pending.";
        return summary + (summary.endsWith(".") ? "" : ".") + pending + file;
    }

    /** @param line of status; empty to tell none */
    private void send(String message, String line) {
        told = line.isEmpty() ? told : line;
        String text = "STATUS=" + line;
        socket.ifPresent(s -> {
            if (line.isEmpty()) {
                s.send(message);
            } else if (message.isEmpty()) {
                s.send(text);
            } else {
                s.send(message, text);
            }
        });
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
