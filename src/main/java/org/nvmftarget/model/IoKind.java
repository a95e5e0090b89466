package org.nvmftarget.model;

import java.util.Locale;

/** What operations of a block device are counted as. Comparing is reading; comparing and writing is both. */
public enum IoKind {
    READ,
    WRITE,
    UNMAP,
    COPY,
    FLUSH,
    WRITE_ZEROES,
    VERIFY,
    WRITE_UNCORRECTABLE;

    /** As it is printed. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
