package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the processor time of this process's threads. Their files in {@code /proc} stay open, as opening one costs more
 * than reading it, and monitors ask often. Safe on every thread.
 */
final class ProcessorClock {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessorClock.class);

    /** Of a file's only line, which has some 50 numbers. */
    private static final int MAX_LINE_BYTES = 2048;

    private final Map<Long, RandomAccessFile> files = new HashMap<>();
    private final byte[] line = new byte[MAX_LINE_BYTES];

    /** None where the kernel does not tell. */
    synchronized ProcessorTimes of(long tid) {
        try {
            RandomAccessFile file = files.get(tid);
            if (file == null) {
                file = new RandomAccessFile("/proc/self/task/" + tid + "/stat", "r");
                files.put(tid, file);
            }
            file.seek(0);
            return ProcessorTimes.parse(line, file.read(line));
        } catch (IOException gone) {
            forget(tid);
            return ProcessorTimes.NONE;
        }
    }

    private void forget(long tid) {
        try (RandomAccessFile file = files.remove(tid)) {
            LOG.debug("thread {} is gone{}", tid, file == null ? "" : " meanwhile");
        } catch (IOException e) {
            LOG.debug("closing the file of thread {}: {}", tid, e.getMessage());
        }
    }
}
