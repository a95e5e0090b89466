package org.nvmftarget.verbs;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Which memory the devices have: what they may write at any moment, and what they may read. The program must not change
 * either before the work is complete, nor give it to a device a second time.
 */
final class Dma {

    private final World world;
    /** What devices write, by its first address; no two overlap. */
    private final TreeMap<Long, Use> writes = new TreeMap<>();
    /** What devices read, by its first address; these may overlap each other. */
    private final TreeMap<Long, List<Use>> reads = new TreeMap<>();

    private long longestReadBytes;

    Dma(World world) {
        this.world = world;
    }

    /** One buffer of a work request that is posted. */
    static final class Use {
        final MemorySegment memory;
        final SoftRegion region;
        final boolean deviceWrites;
        final String who;
        private final int checksum;
        private boolean over;

        Use(MemorySegment memory, SoftRegion region, boolean deviceWrites, String who) {
            this.memory = memory;
            this.region = region;
            this.deviceWrites = deviceWrites;
            this.who = who;
            checksum = Dma.checksum(memory);
        }

        private long start() {
            return memory.address();
        }

        private long end() {
            return memory.address() + memory.byteSize();
        }

        @Override
        public String toString() {
            return who + ", " + memory.byteSize() + " bytes at " + Long.toHexString(start());
        }
    }

    /** The device has the buffer from now on. */
    Use begin(MemorySegment memory, SoftRegion region, boolean deviceWrites, String who) {
        Use use = new Use(memory, region, deviceWrites, who);
        Use other = overlapping(use);
        if (other != null) {
            throw world.violation("a buffer is posted twice: by " + other + ", and by " + use);
        }
        region.uses++;
        if (memory.byteSize() == 0) {
            return use;
        }
        if (deviceWrites) {
            writes.put(use.start(), use);
        } else {
            longestReadBytes = Math.max(longestReadBytes, memory.byteSize());
            reads.computeIfAbsent(use.start(), start -> new ArrayList<>()).add(use);
        }
        return use;
    }

    private @Nullable Use overlapping(Use use) {
        if (use.memory.byteSize() == 0) {
            return null;
        }
        Map.Entry<Long, Use> before = writes.lowerEntry(use.end());
        if (before != null && before.getValue().end() > use.start()) {
            return before.getValue();
        }
        if (!use.deviceWrites) {
            return null;
        }
        for (List<Use> list :
                reads.subMap(use.start() - longestReadBytes, use.end()).values()) {
            for (Use read : list) {
                if (read.end() > use.start()) {
                    return read;
                }
            }
        }
        return null;
    }

    /** Whether the program has left the buffer alone and registered; to be asked just before the device uses it. */
    void check(Use use) {
        if (!use.region.isOpen()) {
            throw world.violation("a device uses a region that is deregistered: " + use);
        }
        if (!use.memory.scope().isAlive()) {
            throw world.violation("a device uses memory that is freed: " + use);
        }
        if (checksum(use.memory) != use.checksum) {
            throw world.violation("a buffer was written while it was posted: " + use);
        }
    }

    /** The device has done with the buffer. Idempotent. */
    void end(Use use) {
        if (use.over) {
            return;
        }
        use.over = true;
        use.region.uses--;
        if (use.deviceWrites) {
            writes.remove(use.start(), use);
            return;
        }
        List<Use> list = reads.get(use.start());
        if (list != null) {
            list.remove(use);
            if (list.isEmpty()) {
                reads.remove(use.start());
            }
        }
    }

    /** How many buffers the devices have. */
    int count() {
        return writes.size() + reads.values().stream().mapToInt(List::size).sum();
    }

    static int checksum(MemorySegment memory) {
        CRC32C crc = new CRC32C();
        crc.update(memory.asByteBuffer());
        return (int) crc.getValue();
    }
}
