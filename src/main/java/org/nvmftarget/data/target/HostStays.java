package org.nvmftarget.data.target;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.model.Nqn;

/**
 * Since when each host of a subsystem is here, in disks that had been lost by then: one that came after the loss of a disk
 * has never had it. A host stays for as long as it has a controller. One whose last controller was lost rather than shut
 * down is on its way back with the disks that it had, and is here all the while ({@link ControllerIds#QUARANTINE_NS}). For
 * all reactors.
 */
final class HostStays {

    /** More than that, and those are given up that have been away longest: hosts choose their identifiers. */
    static final int MOST_AWAY = 4096;

    private record Host(Nqn nqn, HostId id) {}

    /** From when to when a host is here. */
    static final class Stay {
        private final Host host;
        private final long arrival;
        private int controllers;
        private long leftNs;

        private Stay(Host host, long arrival) {
            this.host = host;
            this.arrival = arrival;
        }

        /** How many disks had been lost when it came. */
        long arrival() {
            return arrival;
        }
    }

    private final Map<Host, Stay> here = new HashMap<>();
    /** On their way back, those first that have been away longest. */
    private final Map<Host, Stay> away = new LinkedHashMap<>();

    /**
     * A host has got a controller.
     *
     * @param losses how many disks have been lost so far
     */
    synchronized Stay begin(Nqn nqn, HostId id, long losses, long nowNs) {
        giveUp(nowNs);
        Host host = new Host(nqn, id);
        Stay returning = away.remove(host);
        if (returning != null) {
            here.put(host, returning);
        }
        Stay stay = here.computeIfAbsent(host, _ -> new Stay(host, losses));
        stay.controllers++;
        return stay;
    }

    private void giveUp(long nowNs) {
        Iterator<Stay> longest = away.values().iterator();
        while (longest.hasNext() && nowNs - longest.next().leftNs >= ControllerIds.QUARANTINE_NS) {
            longest.remove();
        }
    }

    /**
     * One of its controllers has gone.
     *
     * @param lost it was not shut down
     */
    synchronized void end(Stay stay, boolean lost, long nowNs) {
        stay.controllers--;
        if (stay.controllers == 0) {
            here.remove(stay.host);
            if (lost) {
                stay.leftNs = nowNs;
                away.put(stay.host, stay);
                if (away.size() > MOST_AWAY) {
                    away.remove(away.keySet().iterator().next());
                }
            }
        }
    }
}
