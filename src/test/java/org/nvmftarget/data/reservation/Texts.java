package org.nvmftarget.data.reservation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.Status;

/**
 * Reservations as a line of a table: {@code A1 B2; WERO A} is host A with key 1, which holds a reservation of the type
 * Write Exclusive, Registrants Only, and host B with key 2. {@code -} is nothing.
 */
final class Texts {
    private Texts() {}

    private static final Map<String, ReservationType> TYPES = Map.of(
            "WE", ReservationType.WRITE_EXCLUSIVE,
            "EA", ReservationType.EXCLUSIVE_ACCESS,
            "WERO", ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
            "EARO", ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY,
            "WEAR", ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS,
            "EAAR", ReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS);

    static HostId host(String name) {
        return new HostId(0xAAAA, name.charAt(0));
    }

    static ReservationType type(String name) {
        ReservationType type = TYPES.get(name);
        if (type == null) {
            throw new IllegalArgumentException(name);
        }
        return type;
    }

    /** Generation 7, so that it shows whether a command counts. */
    static Reservations state(String text) {
        String[] parts = text.split(";");
        List<Registrant> registrants = new ArrayList<>();
        for (String word : parts[0].trim().split(" ")) {
            if (!word.equals("-")) {
                registrants.add(new Registrant(host(word), Long.parseLong(word.substring(1))));
            }
        }
        ReservationType type = null;
        HostId holder = null;
        if (parts.length > 1) {
            String[] held = parts[1].trim().split(" ");
            type = type(held[0]);
            holder = held.length > 1 ? host(held[1]) : null;
        }
        return new Reservations(registrants, type, holder, false, 7);
    }

    static String text(Reservations state) {
        String who =
                state.registrants().stream().map(r -> name(r.host()) + r.key()).collect(Collectors.joining(" "));
        ReservationType type = state.type();
        return (who.isEmpty() ? "-" : who) + (type == null ? "" : "; " + name(type) + holder(state.holder()));
    }

    private static String holder(@Nullable HostId holder) {
        return holder == null ? "" : " " + name(holder);
    }

    static String name(HostId host) {
        return String.valueOf((char) host.low());
    }

    private static String name(ReservationType type) {
        return TYPES.entrySet().stream()
                .filter(e -> e.getValue() == type)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** {@code ok}, {@code conflict} or {@code invalid}; the last two with Do Not Retry. */
    static String status(Outcome outcome) {
        return switch (outcome.status()) {
            case Status.SUCCESS -> "ok";
            case Status.RESERVATION_CONFLICT | Status.DNR -> "conflict";
            case Status.INVALID_FIELD | Status.DNR -> "invalid";
            default -> Integer.toHexString(outcome.status());
        };
    }

    /** {@code B:REL C:REG D:PRE}: reservation released, registration preempted, reservation preempted. */
    static String notices(Outcome outcome) {
        String text = outcome.notices().stream()
                .map(n -> name(n.host())
                        + switch (n.kind()) {
                            case REGISTRATION_PREEMPTED -> ":REG";
                            case RESERVATION_RELEASED -> ":REL";
                            case RESERVATION_PREEMPTED -> ":PRE";
                        })
                .collect(Collectors.joining(" "));
        return text.isEmpty() ? "-" : text;
    }
}
