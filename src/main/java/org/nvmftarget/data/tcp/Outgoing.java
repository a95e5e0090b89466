package org.nvmftarget.data.tcp;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.ScatterList;

/** Up to three pieces of memory that are sent together, and what is done when they are. Used again and again. */
final class Outgoing {

    private final Runnable onSent;
    private final long[] addresses = new long[3];
    private final int[] lengths = new int[3];
    private int pieces;
    private int totalBytes;

    /** The next in the send queue. */
    @Nullable
    Outgoing next;

    Outgoing(Runnable onSent) {
        this.onSent = onSent;
    }

    Outgoing reset() {
        pieces = 0;
        totalBytes = 0;
        next = null;
        return this;
    }

    Outgoing add(long address, int lengthBytes) {
        addresses[pieces] = address;
        lengths[pieces] = lengthBytes;
        pieces++;
        totalBytes += lengthBytes;
        return this;
    }

    int totalBytes() {
        return totalBytes;
    }

    /** Appends what is left after the first {@code sentBytes}. */
    void appendTo(ScatterList list, int sentBytes) {
        int skip = sentBytes;
        for (int i = 0; i < pieces; i++) {
            if (skip >= lengths[i]) {
                skip -= lengths[i];
            } else {
                list.add(addresses[i] + skip, lengths[i] - skip);
                skip = 0;
            }
        }
    }

    void sent() {
        onSent.run();
    }
}
