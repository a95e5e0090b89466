package org.nvmftarget.model;

/** A namespace identifier, 1 to 0xFFFFFFFE as an unsigned number. */
public record Nsid(int value) implements Comparable<Nsid> {

    /** The broadcast value, which is no namespace's own. */
    public static final int BROADCAST = 0xFFFF_FFFF;

    public Nsid {
        if (value == 0 || value == BROADCAST) {
            throw new IllegalArgumentException("nsid " + Integer.toUnsignedString(value) + " is reserved");
        }
    }

    @Override
    public int compareTo(Nsid other) {
        return Integer.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toUnsignedString(value);
    }
}
