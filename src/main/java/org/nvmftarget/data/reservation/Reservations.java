package org.nvmftarget.data.reservation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is registered with a namespace and what is reserved, immutable. A host stays registered whether it is connected
 * or not.
 *
 * @param registrants in the order of their registration, each host once
 * @param type of the reservation that is held; null if none is
 * @param holder a registrant; null if no reservation is held, or if all registrants hold it
 * @param ptpl Persist Through Power Loss: all of this is there again after the target has been started anew
 * @param generation GEN of Reservation Report, an unsigned 32-bit number that begins anew behind its maximum
 */
public record Reservations(
        List<Registrant> registrants,
        @Nullable ReservationType type,
        @Nullable HostId holder,
        boolean ptpl,
        int generation) {

    /** No host has registered yet. */
    public static final Reservations NONE = new Reservations(List.of(), null, null, false, 0);

    /** Most registrants of a namespace: each I/O command of a host may have to be looked for among them. */
    public static final int MAX_REGISTRANTS = 256;

    public Reservations {
        registrants = List.copyOf(registrants);
        if (registrants.stream().map(Registrant::host).distinct().count() != registrants.size()) {
            throw new IllegalArgumentException("a host is registered twice: " + registrants);
        }
        if (type == null || type.isHeldByAll()) {
            if (holder != null) {
                throw new IllegalArgumentException("a holder of its own with type " + type);
            }
            if (type != null && registrants.isEmpty()) {
                throw new IllegalArgumentException("a reservation that no one holds");
            }
        } else if (holder == null
                || registrants.stream().noneMatch(r -> r.host().equals(holder))) {
            throw new IllegalArgumentException("the holder " + holder + " is no registrant");
        }
    }

    /** The registrant that is this host, or null. */
    public @Nullable Registrant registrant(HostId host) {
        for (Registrant r : registrants) {
            if (r.host().equals(host)) {
                return r;
            }
        }
        return null;
    }

    /** Whether this host holds the reservation, alone or with all registrants. */
    public boolean isHolder(HostId host) {
        if (type == null) {
            return false;
        }
        return type.isHeldByAll() ? registrant(host) != null : host.equals(holder);
    }

    /** What I/O commands are checked against; null while nothing is reserved. */
    public @Nullable AccessGuard guard() {
        if (type == null) {
            return null;
        }
        List<HostId> admitted = registrants.stream()
                .map(Registrant::host)
                .filter(host -> type.admitsRegistrants() || host.equals(holder))
                .toList();
        return new AccessGuard(type.excludesReads(), admitted);
    }

    public Reservations withPtpl(boolean persist) {
        return new Reservations(registrants, type, holder, persist, generation);
    }

    Reservations counted() {
        return new Reservations(registrants, type, holder, ptpl, generation + 1);
    }

    /** With this host under this key, in the place that it had if it is registered already. */
    Reservations with(Registrant registrant) {
        List<Registrant> list = new ArrayList<>(registrants);
        int at = list.indexOf(registrant(registrant.host()));
        if (at < 0) {
            list.add(registrant);
        } else {
            list.set(at, registrant);
        }
        return new Reservations(list, type, holder, ptpl, generation);
    }

    /** Without the registrants that are {@code gone}; a reservation that loses its last holder is released. */
    Reservations without(Predicate<Registrant> gone) {
        List<Registrant> left = registrants.stream().filter(gone.negate()).toList();
        boolean held = type != null
                && (type.isHeldByAll()
                        ? !left.isEmpty()
                        : left.stream().anyMatch(r -> r.host().equals(holder)));
        return new Reservations(left, held ? type : null, held ? holder : null, ptpl, generation);
    }

    /** With a reservation in the place of the one that is held, if any. */
    Reservations heldBy(HostId host, ReservationType newType) {
        return new Reservations(registrants, newType, newType.isHeldByAll() ? null : host, ptpl, generation);
    }

    Reservations released() {
        return new Reservations(registrants, null, null, ptpl, generation);
    }
}
