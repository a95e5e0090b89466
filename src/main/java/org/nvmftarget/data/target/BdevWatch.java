package org.nvmftarget.data.target;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.bdev.Bdevs;
import org.nvmftarget.data.bdev.DiskNews;
import org.nvmftarget.data.reactor.Reactor;

/**
 * Looks after files and block devices on a thread of its own: when the system tells of one that came, went or grew, when
 * something failed, and every five seconds for what nobody tells. What hangs in the system hangs here and nowhere else.
 * Without any of them there is no thread.
 */
final class BdevWatch implements AutoCloseable {

    private static final long PERIOD_MS = 5000;
    /** A device that fails every operation is not looked at for each of them. */
    private static final long LEAST_MS = 50;

    private final Bdevs bdevs;
    private final Reactor acceptor;
    private final ObjLongConsumer<Bdev> onResize;
    private final Runnable onNews;
    private final Semaphore suspicions = new Semaphore(0);
    private @Nullable Thread thread;
    private volatile boolean closed;

    /**
     * @param acceptor hears what the kernel says of devices
     * @param onResize is told of a device that has another size by itself, and of the size in bytes
     * @param onNews is called after anything has changed
     */
    BdevWatch(Bdevs bdevs, Reactor acceptor, ObjLongConsumer<Bdev> onResize, Runnable onNews) {
        this.bdevs = bdevs;
        this.acceptor = acceptor;
        this.onResize = onResize;
        this.onNews = onNews;
        bdevs.onSuspicion(suspicions::release);
    }

    /** There may be a device to look after. */
    synchronized void watch() {
        suspicions.release(); // it is followed from now on
        if (thread == null && !closed && bdevs.hasDisks()) {
            thread = Thread.ofPlatform().name("disk-watch").daemon(true).start(this::run);
        }
    }

    private void run() {
        try (DiskNews news = new DiskNews(acceptor, suspicions::release)) {
            while (isNeeded()) {
                suspicions.tryAcquire(PERIOD_MS, TimeUnit.MILLISECONDS);
                suspicions.drainPermits();
                news.follow(bdevs.paths());
                look();
                Thread.sleep(LEAST_MS);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isNeeded() {
        if (closed || !bdevs.hasDisks()) {
            thread = null;
            return false;
        }
        return true;
    }

    private void look() {
        boolean news = bdevs.hasCome();
        for (Bdevs.News each : bdevs.inspect()) {
            news = true;
            if (each.sizeBytes() > 0) {
                onResize.accept(each.bdev(), each.sizeBytes());
            }
        }
        if (news && !closed) {
            onNews.run();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
