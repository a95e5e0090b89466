package org.nvmftarget.data.reservation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.Status;

/** What reservation commands have in common. */
final class Rules {
    private Rules() {}

    static boolean isRegistrant(Reservations now, HostId host, long key) {
        Registrant r = now.registrant(host);
        return r != null && r.key() == key;
    }

    /** Registration succeeds if there is room: it may be tried again, so no DNR. */
    static Outcome registered(Reservations now, Registrant registrant, @Nullable Boolean ptpl) {
        Reservations next = now.with(registrant);
        if (next.registrants().size() > Reservations.MAX_REGISTRANTS) {
            return new Outcome(Status.INTERNAL_ERROR, now, List.of(), List.of());
        }
        return Outcome.done(persisting(next, ptpl).counted());
    }

    /** CPTPL of Reservation Register; null changes nothing. */
    static Reservations persisting(Reservations next, @Nullable Boolean ptpl) {
        return ptpl == null ? next : next.withPtpl(ptpl);
    }

    static List<Notice> tellOthers(Reservations who, HostId except, Notice.Kind kind) {
        return who.registrants().stream()
                .filter(r -> !r.host().equals(except))
                .map(r -> new Notice(r.host(), kind))
                .toList();
    }
}
