package org.nvmftarget.data.drive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Linux sends to a namespace at most (sysfs, {@code queue}). It knows what the drive says and where drives are known
 * to say more than they do.
 *
 * @param transferBytes that one command moves
 * @param zeroedBytes that one Write Zeroes is for; 0 to do without
 * @param deallocatedBytes that one deallocation is for; 0 to do without
 * @param zoned its blocks cannot be written in any order
 */
public record DriveQueue(long transferBytes, long zeroedBytes, long deallocatedBytes, boolean zoned) {

    private static final int PAGE_BYTES = 4096;
    private static final long USUAL_BYTES = 128 << 10;

    /** @param sysfs folder of the block device */
    static DriveQueue of(Path sysfs) {
        Path queue = sysfs.resolve("queue");
        long most = number(queue.resolve("max_hw_sectors_kb"), USUAL_BYTES >> 10) << 10;
        // Memory that does not begin with a page touches one more than it fills.
        long pages = number(queue.resolve("max_segments"), USUAL_BYTES / PAGE_BYTES + 1) - 1;
        return new DriveQueue(
                Math.max(PAGE_BYTES, Math.min(most, pages * PAGE_BYTES) & -PAGE_BYTES),
                number(queue.resolve("write_zeroes_max_bytes"), 0),
                number(queue.resolve("discard_max_bytes"), 0),
                !text(queue.resolve("zoned"), "none").equals("none"));
    }

    private static long number(Path file, long otherwise) {
        try {
            return Long.parseLong(text(file, Long.toString(otherwise)));
        } catch (NumberFormatException odd) {
            return otherwise;
        }
    }

    private static String text(Path file, String otherwise) {
        try {
            return Files.readString(file).strip();
        } catch (IOException absent) {
            return otherwise;
        }
    }
}
