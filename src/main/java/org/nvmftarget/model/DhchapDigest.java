package org.nvmftarget.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/** The hash functions of DH-HMAC-CHAP. */
public enum DhchapDigest {
    SHA256,
    SHA384,
    SHA512;

    public static final SortedSet<DhchapDigest> ALL =
            Collections.unmodifiableSortedSet(new TreeSet<>(EnumSet.allOf(DhchapDigest.class)));

    /** The spelling of the spec file, and of SPDK. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
