package org.nvmftarget.data.rdma;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory the machine could still give. What is pinned cannot be swapped out, and Linux promises more than it
 * has: a process that takes it all the same is killed, with what it serves.
 */
final class MachineMemory {

    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable: +([0-9]{1,15}) kB$");

    private MachineMemory() {}

    /** {@code MemAvailable} of proc_meminfo(5) in bytes; all there could be where it is not told. */
    static long availableBytes() {
        try {
            return parse(Files.readString(Path.of("/proc/meminfo")));
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    static long parse(String meminfo) {
        Matcher line = AVAILABLE.matcher(meminfo);
        return line.find() ? Long.parseLong(line.group(1)) << 10 : Long.MAX_VALUE;
    }
}
