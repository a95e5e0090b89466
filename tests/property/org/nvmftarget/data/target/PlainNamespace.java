package org.nvmftarget.data.target;

import java.util.Arrays;

/**
 * What a namespace must hold, said as plainly as possible: a number for each block, which fills it; 0 is zeroes. What
 * the host reads is compared with this, never with anything of the device.
 */
final class PlainNamespace {

    private final int[] content;
    private final boolean[] used;
    private final boolean[] spoiled;

    PlainNamespace(int blocks) {
        content = new int[blocks];
        used = new boolean[blocks];
        spoiled = new boolean[blocks];
    }

    int[] content(int lba, int count) {
        return Arrays.copyOfRange(content, lba, lba + count);
    }

    int used() {
        int n = 0;
        for (boolean u : used) {
            n += u ? 1 : 0;
        }
        return n;
    }

    boolean isSpoiled(int lba, int count) {
        return any(spoiled, lba, count, true);
    }

    boolean isUnused(int lba, int count) {
        return any(used, lba, count, false);
    }

    private static boolean any(boolean[] of, int lba, int count, boolean value) {
        for (int i = lba; i < lba + count; i++) {
            if (of[i] == value) {
                return true;
            }
        }
        return false;
    }

    void write(int lba, int... tags) {
        for (int i = 0; i < tags.length; i++) {
            content[lba + i] = tags[i];
            used[lba + i] = true;
            spoiled[lba + i] = false;
        }
    }

    void deallocate(int lba, int count) {
        write(lba, new int[count]);
        Arrays.fill(used, lba, lba + count, false);
    }

    void spoil(int lba, int count) {
        write(lba, new int[count]);
        Arrays.fill(spoiled, lba, lba + count, true);
    }
}
