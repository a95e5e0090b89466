package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;

/**
 * Things by the number of their queue pair: the completion of a shared receive says no more. A hash table with linear
 * probing, never more than half full. Confined to a reactor.
 */
final class NumberTable<T> {

    private static final int FIRST_SIZE = 32;
    private static final int HASH = 0x9E37_79B9;

    private int[] numbers = new int[FIRST_SIZE];
    private @Nullable Object[] things = new Object[FIRST_SIZE];
    private int count;

    @SuppressWarnings("unchecked") // only put fills it
    @Nullable
    T get(int number) {
        return (T) things[find(number)];
    }

    /** Adds a thing, in the place of what had the number before. */
    void put(int number, T thing) {
        if (2 * (count + 1) > things.length) {
            grow();
        }
        int i = find(number);
        count += things[i] == null ? 1 : 0;
        numbers[i] = number;
        things[i] = thing;
    }

    /** Takes a thing out, unless another has its number by now. */
    void remove(int number, T thing) {
        int gap = find(number);
        if (!thing.equals(things[gap])) {
            return;
        }
        things[gap] = null;
        count--;
        // Those behind it may stand there only because the gap was taken.
        for (int i = after(gap); things[i] != null; i = after(i)) {
            Object moved = things[i];
            things[i] = null;
            int to = find(numbers[i]);
            numbers[to] = numbers[i];
            things[to] = moved;
        }
    }

    /** Where {@code number} is, or belongs. */
    private int find(int number) {
        int i = (number * HASH) >>> (Integer.numberOfLeadingZeros(things.length) + 1);
        while (things[i] != null && numbers[i] != number) {
            i = after(i);
        }
        return i;
    }

    private int after(int i) {
        return (i + 1) & (things.length - 1);
    }

    private void grow() {
        int[] oldNumbers = numbers;
        @Nullable Object[] old = things;
        numbers = new int[2 * old.length];
        things = new Object[2 * old.length];
        for (int i = 0; i < old.length; i++) {
            if (old[i] != null) {
                int to = find(oldNumbers[i]);
                numbers[to] = oldNumbers[i];
                things[to] = old[i];
            }
        }
    }
}
