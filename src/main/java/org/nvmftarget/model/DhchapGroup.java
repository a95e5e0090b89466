package org.nvmftarget.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/** The Diffie-Hellman groups of DH-HMAC-CHAP: none, or one of RFC 7919. */
public enum DhchapGroup {
    NULL,
    FFDHE2048,
    FFDHE3072,
    FFDHE4096,
    FFDHE6144,
    FFDHE8192;

    public static final SortedSet<DhchapGroup> ALL =
            Collections.unmodifiableSortedSet(new TreeSet<>(EnumSet.allOf(DhchapGroup.class)));

    /** The spelling of the spec file, and of SPDK. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
