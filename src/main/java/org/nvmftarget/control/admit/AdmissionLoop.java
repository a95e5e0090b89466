package org.nvmftarget.control.admit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Admission's thread: watches the file, looks when something changed, when poked, and when the last look said. */
final class AdmissionLoop implements AutoCloseable {
    /** Pokes that come closer together than this are one: an editor's save is several events. */
    private static final long DEBOUNCE_MS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(AdmissionLoop.class);

    private final Admission admission;
    private final KeptWatcher watcher;
    private final Semaphore pokes = new Semaphore(0);
    private final Queue<Runnable> afterLook = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    AdmissionLoop(Admission admission, Path specFile) {
        this.admission = admission;
        this.watcher = new KeptWatcher(specFile, this::poke);
        this.thread = new Thread(this::run, "admission");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Look soon. From any thread. */
    void poke() {
        pokes.release();
    }

    /** Look soon, and run {@code judged} on this thread once the text that is there is judged. From any thread. */
    void poke(Runnable judged) {
        afterLook.add(judged);
        pokes.release();
    }

    private void run() {
        try {
            while (!closed) {
                watcher.keep();
                List<Runnable> asked = drain();
                long waitNs = look();
                if (admission.isUndecided()) {
                    afterLook.addAll(asked);
                } else {
                    asked.forEach(Runnable::run);
                }
                if (pokes.tryAcquire(waitNs, TimeUnit.NANOSECONDS)) {
                    TimeUnit.MILLISECONDS.sleep(DEBOUNCE_MS);
                    pokes.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("admission ends", e);
        } finally {
            watcher.close();
        }
    }

    private List<Runnable> drain() {
        List<Runnable> all = new ArrayList<>();
        for (Runnable one = afterLook.poll(); one != null; one = afterLook.poll()) {
            all.add(one);
        }
        return all;
    }

    private long look() {
        try {
            return admission.look();
        } catch (RuntimeException e) {
            LOG.error("admission failed; it looks again in {} s", Admission.POLL.toSeconds(), e);
            return Admission.POLL.toNanos();
        }
    }

    /** Returns when the thread has ended. */
    @Override
    public void close() {
        closed = true;
        // Not an interrupt: that would close the files that are being written.
        poke();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
