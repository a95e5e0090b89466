package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The processor time of one of this process's threads, as the kernel counts it: in its clock ticks, hundredths of a
 * second ({@code proc(5)}).
 */
record ProcessorTimes(long user, long system) {

    static final ProcessorTimes NONE = new ProcessorTimes(0, 0);

    // Counted from the field after the thread's name, which may have blanks in it.
    private static final int UTIME = 11;
    private static final int STIME = 12;

    /** None where the kernel does not tell. */
    static ProcessorTimes ofThread(long tid) {
        try {
            return parse(Files.readString(Path.of("/proc/self/task/" + tid + "/stat")));
        } catch (IOException gone) {
            return NONE;
        }
    }

    static ProcessorTimes parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length <= STIME
                ? NONE
                : new ProcessorTimes(Long.parseLong(fields[UTIME]), Long.parseLong(fields[STIME]));
    }
}
