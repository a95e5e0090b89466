package org.nvmftarget.data.reservation;

/** A host that must be told of what another has done (NVMe Base specification 2.0, "Reservation Notifications"). */
public record Notice(HostId host, Kind kind) {

    /** The kinds of reservation notifications; {@link #code} is the type in log page 80h. */
    public enum Kind {
        REGISTRATION_PREEMPTED(1),
        RESERVATION_RELEASED(2),
        RESERVATION_PREEMPTED(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /** Its bit in feature 82h, Reservation Notification Mask. */
        public int maskBit() {
            return 1 << code;
        }
    }
}
