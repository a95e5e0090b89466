package org.nvmftarget.data.reservation;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The types of a reservation (NVMe Base specification 2.0, chapter "Reservations"); {@link #code} is RTYPE. */
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

    /** As people and files have it: {@code write_exclusive_registrants_only}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The reverse of {@link #word}; fails with {@link IllegalArgumentException}. */
    public static ReservationType ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
