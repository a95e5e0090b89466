package org.nvmftarget.data.reservation;

import org.jspecify.annotations.Nullable;

/**
 * The write protection of a namespace (NVMe Base specification 2.0, section 8.12); {@link #code} is its state in feature
 * 84h. There is no permanent one: what no one can take back is for the spec file to say, not for a host.
 */
public enum WriteProtection {
    NONE(0),
    /** Until it is taken back; a power cycle changes nothing. */
    PROTECTED(1),
    /** Until the target is started anew; nothing else ends it. */
    UNTIL_POWER_CYCLE(2);

    private final int code;

    WriteProtection(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The state with this code, or null if it is reserved or not supported. */
    public static @Nullable WriteProtection of(int code) {
        for (WriteProtection p : values()) {
            if (p.code == code) {
                return p;
            }
        }
        return null;
    }
}
