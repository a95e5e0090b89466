package org.nvmftarget.data.reservation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.Status;

/** A command that changes what is registered or reserved (NVMe Base specification 2.0, sections 7.2 to 7.4). */
public sealed interface ReservationCommand {

    /** What comes of it when {@code host} sends it while {@code now} is the case. */
    Outcome apply(Reservations now, HostId host);

    /** Reservation Register, RREGA 000b: the host becomes a registrant. Twice with one key is no error. */
    record Register(long newKey, @Nullable Boolean ptpl) implements ReservationCommand {
        @Override
        public Outcome apply(Reservations now, HostId host) {
            if (newKey == 0) {
                return Outcome.refused(Status.INVALID_FIELD, now); // no Preempt could ever name it
            }
            Registrant old = now.registrant(host);
            if (old != null && old.key() != newKey) {
                return Outcome.refused(Status.RESERVATION_CONFLICT, now);
            }
            return Rules.registered(now, new Registrant(host, newKey), ptpl);
        }
    }

    /** Reservation Register, RREGA 001b: the host is no registrant any more, and holds nothing. */
    record Unregister(
            long currentKey, boolean ignoreKey, @Nullable Boolean ptpl) implements ReservationCommand {
        @Override
        public Outcome apply(Reservations now, HostId host) {
            Registrant old = now.registrant(host);
            if (old == null || (!ignoreKey && old.key() != currentKey)) {
                return Outcome.refused(Status.RESERVATION_CONFLICT, now);
            }
            Reservations left = now.without(old::equals);
            ReservationType was = now.type();
            boolean told = was != null && left.type() == null && was.admitsRegistrants();
            return new Outcome(
                    Status.SUCCESS,
                    Rules.persisting(left, ptpl).counted(),
                    told ? Rules.tellOthers(left, host, Notice.Kind.RESERVATION_RELEASED) : List.of(),
                    List.of());
        }
    }

    /** Reservation Register, RREGA 010b: another key; with IEKEY, for a host that is no registrant as well. */
    record Replace(
            long currentKey,
            long newKey,
            boolean ignoreKey,
            @Nullable Boolean ptpl) implements ReservationCommand {
        @Override
        public Outcome apply(Reservations now, HostId host) {
            if (newKey == 0) {
                return Outcome.refused(Status.INVALID_FIELD, now);
            }
            Registrant old = now.registrant(host);
            if (!ignoreKey && (old == null || old.key() != currentKey)) {
                return Outcome.refused(Status.RESERVATION_CONFLICT, now);
            }
            return Rules.registered(now, new Registrant(host, newKey), ptpl);
        }
    }

    /** Reservation Acquire, RACQA 000b. A holder may acquire again what it holds. */
    record Acquire(long currentKey, ReservationType type) implements ReservationCommand {
        @Override
        public Outcome apply(Reservations now, HostId host) {
            if (!Rules.isRegistrant(now, host, currentKey)) {
                return Outcome.refused(Status.RESERVATION_CONFLICT, now);
            }
            if (now.type() == null) {
                return Outcome.done(now.heldBy(host, type));
            }
            return now.isHolder(host) && now.type() == type
                    ? Outcome.done(now)
                    : Outcome.refused(Status.RESERVATION_CONFLICT, now);
        }
    }

    /** Reservation Acquire, RACQA 001b and 010b: ends registrations, and takes the reservation over. */
    record Preempt(long currentKey, long preemptKey, ReservationType type, boolean abort)
            implements ReservationCommand {
        @Override
        public Outcome apply(Reservations now, HostId host) {
            if (!Rules.isRegistrant(now, host, currentKey)) {
                return Outcome.refused(Status.RESERVATION_CONFLICT, now);
            }
            ReservationType held = now.type();
            if (held != null && held.isHeldByAll()) {
                return preemptKey == 0 ? takeOver(now, host, r -> true) : unregister(now, host);
            }
            HostId holder = now.holder();
            if (holder == null) {
                return unregister(now, host);
            }
            if (preemptKey == 0) {
                return Outcome.refused(Status.INVALID_FIELD, now);
            }
            return Rules.isRegistrant(now, holder, preemptKey)
                    ? takeOver(now, host, r -> r.key() == preemptKey)
                    : unregister(now, host);
        }

        /** The reservation is this host's from now on; it stays a registrant even where its own key is the one. */
        private Outcome takeOver(Reservations now, HostId host, Predicate<Registrant> gone) {
            Reservations left = now.without(r -> gone.test(r) && !r.host().equals(host));
            return outcome(now, left.heldBy(host, type), host, now.type() != type);
        }

        private Outcome unregister(Reservations now, HostId host) {
            Reservations left = now.without(r -> r.key() == preemptKey);
            return left.registrants().size() == now.registrants().size()
                    ? Outcome.refused(Status.RESERVATION_CONFLICT, now)
                    : outcome(now, left, host, false);
        }

        private Outcome outcome(Reservations now, Reservations next, HostId host, boolean otherType) {
            List<Notice> notices = new ArrayList<>();
            List<HostId> gone = new ArrayList<>();
            for (Registrant r : now.registrants()) {
                if (next.registrant(r.host()) == null) {
                    gone.add(r.host());
                    if (!r.host().equals(host)) {
                        notices.add(new Notice(r.host(), Notice.Kind.REGISTRATION_PREEMPTED));
                    }
                }
            }
            if (otherType) {
                notices.addAll(Rules.tellOthers(next, host, Notice.Kind.RESERVATION_RELEASED));
            }
            return new Outcome(Status.SUCCESS, next.counted(), notices, abort ? gone : List.of());
        }
    }

    /** Reservation Release, RRELA 000b. Who holds nothing releases nothing, which is no error. */
    record Release(long currentKey, ReservationType type) implements ReservationCommand {
        @Override
        public Outcome apply(Reservations now, HostId host) {
            if (!Rules.isRegistrant(now, host, currentKey)) {
                return Outcome.refused(Status.RESERVATION_CONFLICT, now);
            }
            ReservationType held = now.type();
            if (held == null || !now.isHolder(host)) {
                return Outcome.done(now);
            }
            if (held != type) {
                return Outcome.refused(Status.INVALID_FIELD, now);
            }
            List<Notice> notices = held.admitsRegistrants()
                    ? Rules.tellOthers(now, host, Notice.Kind.RESERVATION_RELEASED)
                    : List.of();
            return new Outcome(Status.SUCCESS, now.released(), notices, List.of());
        }
    }

    /** Reservation Release, RRELA 001b: no registration and no reservation is left. */
    record Clear(long currentKey) implements ReservationCommand {
        @Override
        public Outcome apply(Reservations now, HostId host) {
            if (!Rules.isRegistrant(now, host, currentKey)) {
                return Outcome.refused(Status.RESERVATION_CONFLICT, now);
            }
            return new Outcome(
                    Status.SUCCESS,
                    now.without(r -> true).counted(),
                    Rules.tellOthers(now, host, Notice.Kind.RESERVATION_PREEMPTED),
                    List.of());
        }
    }

    /** Feature 83h, Reservation Persistence. */
    record Persist(boolean ptpl) implements ReservationCommand {
        @Override
        public Outcome apply(Reservations now, HostId host) {
            return Outcome.done(now.withPtpl(ptpl));
        }
    }
}
