package org.nvmftarget.data.reservation;

import java.util.List;

/**
 * Whom a reservation admits (NVMe Base specification 2.0, chapter "Reservations", figure "Command Behavior in
 * the Presence of a Reservation"). For the I/O way: it allocates nothing.
 */
public final class AccessGuard {

    private final boolean excludesReads;
    private final long[] high;
    private final long[] low;

    AccessGuard(boolean excludesReads, List<HostId> admitted) {
        this.excludesReads = excludesReads;
        high = admitted.stream().mapToLong(HostId::high).toArray();
        low = admitted.stream().mapToLong(HostId::low).toArray();
    }

    /** Commands of the read group: Read, Compare, Verify. */
    public boolean admitsRead(long hostHigh, long hostLow) {
        return !excludesReads || admits(hostHigh, hostLow);
    }

    /** Commands of the write group: Write, Write Zeroes, Write Uncorrectable, Dataset Management, Copy, Flush. */
    public boolean admitsWrite(long hostHigh, long hostLow) {
        return admits(hostHigh, hostLow);
    }

    private boolean admits(long hostHigh, long hostLow) {
        for (int i = 0; i < high.length; i++) {
            if (low[i] == hostLow && high[i] == hostHigh) {
                return true;
            }
        }
        return false;
    }
}
