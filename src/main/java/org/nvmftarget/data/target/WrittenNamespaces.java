package org.nvmftarget.data.target;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLongArray;
import org.nvmftarget.model.Nsid;

/**
 * The namespaces to which one controller's host has written: one bit for each nsid. Written by every reactor that has a
 * queue of the controller; a write to a namespace that is noted already costs one plain load.
 */
final class WrittenNamespaces {
    private static final int FIRST_WORDS = 4;

    private volatile AtomicLongArray words = new AtomicLongArray(FIRST_WORDS);

    void add(int nsid) {
        int word = nsid >>> 6;
        long bit = 1L << nsid;
        AtomicLongArray now = words;
        if (word >= now.length() || (now.getPlain(word) & bit) == 0) {
            addSlowly(word, bit);
        }
    }

    /** Once for each namespace. */
    private synchronized void addSlowly(int word, long bit) {
        AtomicLongArray now = words;
        if (word >= now.length()) {
            AtomicLongArray larger = new AtomicLongArray(Math.max(word + 1, now.length() * 2));
            for (int i = 0; i < now.length(); i++) {
                larger.setPlain(i, now.getPlain(i));
            }
            now = larger;
        }
        now.setPlain(word, now.getPlain(word) | bit);
        words = now;
    }

    SortedSet<Nsid> nsids() {
        SortedSet<Nsid> nsids = new TreeSet<>();
        AtomicLongArray now = words;
        for (int word = 0; word < now.length(); word++) {
            for (long rest = now.getPlain(word); rest != 0; rest &= rest - 1) {
                nsids.add(new Nsid((word << 6) + Long.numberOfTrailingZeros(rest)));
            }
        }
        return nsids;
    }
}
