package org.nvmftarget.cli;

import java.util.concurrent.ThreadFactory;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that stand behind hosts' I/O where there are not processors enough for all. */
final class Background {

    private static final Logger LOG = LoggerFactory.getLogger(Background.class);

    /** A tenth of a reactor's share, and no reason to interrupt one ({@code sched(7)}). */
    private static final int NICE = 10;

    private Background() {}

    static ThreadFactory threads(String name) {
        return task -> Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            int result = Posix.niceThread(NICE);
            if (result < 0) {
                LOG.debug("{} runs with the priority of all others: {}", name, Errno.message(result));
            }
            task.run();
        });
    }
}
