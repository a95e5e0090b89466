package org.nvmftarget.data.reservation;

import org.jspecify.annotations.Nullable;

/** The types of a reservation (NVMe Base specification 2.0, section 8.19.3); {@link #code} is RTYPE. */
public enum ReservationType {
    WRITE_EXCLUSIVE(1),
    EXCLUSIVE_ACCESS(2),
    WRITE_EXCLUSIVE_REGISTRANTS_ONLY(3),
    EXCLUSIVE_ACCESS_REGISTRANTS_ONLY(4),
    WRITE_EXCLUSIVE_ALL_REGISTRANTS(5),
    EXCLUSIVE_ACCESS_ALL_REGISTRANTS(6);

    private final int code;

    ReservationType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The type of an RTYPE, or null for a reserved value. */
    public static @Nullable ReservationType of(int code) {
        for (ReservationType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }

    /** Hosts without access may not read either. */
    public boolean excludesReads() {
        return this == EXCLUSIVE_ACCESS
                || this == EXCLUSIVE_ACCESS_REGISTRANTS_ONLY
                || this == EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
    }

    /** Every registrant has the access that the holder has. */
    public boolean admitsRegistrants() {
        return this != WRITE_EXCLUSIVE && this != EXCLUSIVE_ACCESS;
    }

    /** Every registrant is a holder. */
    public boolean isHeldByAll() {
        return this == WRITE_EXCLUSIVE_ALL_REGISTRANTS || this == EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
    }

    /** In words: {@code write exclusive, registrants only}. */
    public String text() {
        return switch (this) {
            case WRITE_EXCLUSIVE -> "write exclusive";
            case EXCLUSIVE_ACCESS -> "exclusive access";
            case WRITE_EXCLUSIVE_REGISTRANTS_ONLY -> "write exclusive, registrants only";
            case EXCLUSIVE_ACCESS_REGISTRANTS_ONLY -> "exclusive access, registrants only";
            case WRITE_EXCLUSIVE_ALL_REGISTRANTS -> "write exclusive, all registrants";
            case EXCLUSIVE_ACCESS_ALL_REGISTRANTS -> "exclusive access, all registrants";
        };
    }
}
