package org.nvmftarget.data.bdev;

import java.util.Arrays;

/**
 * What a device must hold, said as plainly as possible: a number for each block, which fills it; 0 is zeroes. Where
 * operations on one block were under way at the same time, either may have been the last: then the block holds one of
 * several. One that forgets holds zeroes, whatever is written.
 */
final class PlainDisk {

    private final boolean forgets;
    private int[] content;

    PlainDisk(int blocks) {
        this(blocks, false);
    }

    PlainDisk(int blocks, boolean forgets) {
        content = new int[blocks];
        this.forgets = forgets;
    }

    int blocks() {
        return content.length;
    }

    int at(int lba) {
        return content[lba];
    }

    int[] range(int lba, int count) {
        return Arrays.copyOfRange(content, lba, lba + count);
    }

    void write(int lba, int... numbers) {
        if (!forgets) {
            System.arraycopy(numbers, 0, content, lba, numbers.length);
        }
    }

    void zero(int lba, int count) {
        Arrays.fill(content, lba, lba + count, 0);
    }

    void resize(int blocks) {
        content = Arrays.copyOf(content, blocks);
    }
}
