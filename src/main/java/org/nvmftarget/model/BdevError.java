package org.nvmftarget.model;

import java.util.Locale;

/**
 * Operations of a bdev of type error that fail.
 *
 * @param lba the first block of the range that an operation must touch; a flush touches every range
 * @param blocks of the range; 0 for all from {@code lba} on
 * @param every fails each such operation: the first, and then every so manieth
 * @param num how many fail at most; 0 for all
 */
public record BdevError(IoType ioType, Status status, long lba, long blocks, long every, long num) {

    /** Which operations. */
    public enum IoType {
        ALL,
        READ,
        WRITE,
        FLUSH,
        UNMAP,
        WRITE_ZEROES,
        COMPARE,
        COPY,
        VERIFY;

        /** The spec file's spelling. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How they end. */
    public enum Status {
        /** Unrecovered Read Error, or Write Fault. */
        IO_ERROR,
        /** Capacity Exceeded. */
        NO_SPACE,
        /** Namespace is Write Protected. */
        READ_ONLY,
        /** Internal Path Error: hosts try again, or another path. */
        GONE,
        /** Internal Error. */
        FAILED,
        /** Unrecovered Read Error, for good. */
        UNREADABLE;

        /** The spec file's spelling. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
