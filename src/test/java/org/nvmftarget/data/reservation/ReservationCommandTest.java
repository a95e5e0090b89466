package org.nvmftarget.data.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.nvme.Status;

/**
 * The rules of NVMe Base specification 2.0, sections 7.2 to 7.4 and chapter "Reservations", one row each; see {@link
 * Texts}.
 */
class ReservationCommandTest {

    private static void check(
            ReservationCommand command, String before, String host, String status, String after, String notices) {
        check(command, before, host, status, after, notices, true);
    }

    private static void check(
            ReservationCommand command,
            String before,
            String host,
            String status,
            String after,
            String notices,
            boolean counted) {
        Outcome outcome = command.apply(Texts.state(before), Texts.host(host));
        assertEquals(status, Texts.status(outcome));
        assertEquals(after, Texts.text(outcome.next()));
        assertEquals(notices, Texts.notices(outcome));
        assertEquals(counted && status.equals("ok") ? 8 : 7, outcome.next().generation(), "generation");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        -          | 1 | ok       | A1
        B1         | 1 | ok       | B1 A1
        B1; EA B   | 2 | ok       | B1 A2; EA B
        B1; WEAR   | 2 | ok       | B1 A2; WEAR
        A1         | 1 | ok       | A1
        A1; WE A   | 1 | ok       | A1; WE A
        A1         | 2 | conflict | A1
        -          | 0 | invalid  | -
        """)
    void aHostRegisters(String before, long key, String status, String after) {
        check(new ReservationCommand.Register(key, null), before, "A", status, after, "-");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        A1            | 1 | false | ok       | -            | -
        A1            | 9 | true  | ok       | -            | -
        A1            | 9 | false | conflict | A1           | -
        -             | 1 | false | conflict | -            | -
        B1            | 1 | true  | conflict | B1           | -
        A1 B2         | 1 | false | ok       | B2           | -
        A1 B2; WE A   | 1 | false | ok       | B2           | -
        A1 B2; EA A   | 1 | false | ok       | B2           | -
        A1 B2; WERO A | 1 | false | ok       | B2           | B:REL
        A1 B2; EARO A | 1 | false | ok       | B2           | B:REL
        A1 B2; WERO B | 1 | false | ok       | B2; WERO B   | -
        A1 B2; WEAR   | 1 | false | ok       | B2; WEAR     | -
        A1 B2; EAAR   | 1 | false | ok       | B2; EAAR     | -
        A1; WEAR      | 1 | false | ok       | -            | -
        A1; EAAR      | 1 | false | ok       | -            | -
        """)
    void aHostUnregisters(String before, long key, boolean ignore, String status, String after, String notices) {
        check(new ReservationCommand.Unregister(key, ignore, null), before, "A", status, after, notices);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        A1 B2         | 1 | 5 | false | ok       | A5 B2
        A1 B2; EA A   | 1 | 5 | false | ok       | A5 B2; EA A
        A1 B2; WEAR   | 1 | 2 | false | ok       | A2 B2; WEAR
        A1            | 9 | 5 | false | conflict | A1
        A1            | 9 | 5 | true  | ok       | A5
        B2            | 9 | 5 | false | conflict | B2
        B2            | 9 | 5 | true  | ok       | B2 A5
        A1            | 1 | 0 | false | invalid  | A1
        """)
    void aHostReplacesItsKey(String before, long key, long newKey, boolean ignore, String status, String after) {
        check(new ReservationCommand.Replace(key, newKey, ignore, null), before, "A", status, after, "-");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        A1 B2         | 1 | WE   | ok       | A1 B2; WE A
        A1 B2         | 1 | EA   | ok       | A1 B2; EA A
        A1 B2         | 1 | WERO | ok       | A1 B2; WERO A
        A1 B2         | 1 | EARO | ok       | A1 B2; EARO A
        A1 B2         | 1 | WEAR | ok       | A1 B2; WEAR
        A1 B2         | 1 | EAAR | ok       | A1 B2; EAAR
        -             | 1 | WE   | conflict | -
        B1            | 1 | WE   | conflict | B1
        A1            | 2 | WE   | conflict | A1
        A1; WE A      | 1 | WE   | ok       | A1; WE A
        A1; WE A      | 1 | EA   | conflict | A1; WE A
        A1 B2; WE B   | 1 | WE   | conflict | A1 B2; WE B
        A1 B2; WERO B | 1 | WERO | conflict | A1 B2; WERO B
        A1 B2; WEAR   | 1 | WEAR | ok       | A1 B2; WEAR
        A1 B2; WEAR   | 1 | EAAR | conflict | A1 B2; WEAR
        """)
    void aRegistrantAcquires(String before, long key, String type, String status, String after) {
        check(new ReservationCommand.Acquire(key, Texts.type(type)), before, "A", status, after, "-", false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        A1 B2           | 2 | WE   | ok       | A1               | B:REG
        A1 B2 C2 D4     | 2 | WE   | ok       | A1 D4            | B:REG C:REG
        A1 B1           | 1 | WE   | ok       | -                | B:REG
        A1 B2           | 3 | WE   | conflict | A1 B2            | -
        A1 B2           | 0 | WE   | conflict | A1 B2            | -
        A1 B2; WE B     | 2 | WE   | ok       | A1; WE A         | B:REG
        A1 B2; WE B     | 2 | EA   | ok       | A1; EA A         | B:REG
        A1 B2 C3; WE B  | 2 | WE   | ok       | A1 C3; WE A      | B:REG
        A1 B2 C3; WE B  | 2 | EA   | ok       | A1 C3; EA A      | B:REG C:REL
        A1 B2 C2; EA B  | 2 | WERO | ok       | A1; WERO A       | B:REG C:REG
        A1 B2 C3; WE B  | 2 | WEAR | ok       | A1 C3; WEAR      | B:REG C:REL
        A1 B1 C3; WE B  | 1 | WE   | ok       | A1 C3; WE A      | B:REG
        A1 B2 C3; EA B  | 3 | WE   | ok       | A1 B2; EA B      | C:REG
        A1 B2; EA B     | 1 | WE   | ok       | B2; EA B         | -
        A1 B2; EA B     | 3 | WE   | conflict | A1 B2; EA B      | -
        A1 B2; EA B     | 0 | WE   | invalid  | A1 B2; EA B      | -
        A1 B2; EARO B   | 0 | WE   | invalid  | A1 B2; EARO B    | -
        A1 B2; WE A     | 1 | WE   | ok       | A1 B2; WE A      | -
        A1 B2; WE A     | 1 | EARO | ok       | A1 B2; EARO A    | B:REL
        A1 B1 C3; WE A  | 1 | WE   | ok       | A1 C3; WE A      | B:REG
        A1 B2; WE A     | 2 | EA   | ok       | A1; WE A         | B:REG
        A1 B2 C3; WEAR  | 0 | EA   | ok       | A1; EA A         | B:REG C:REG
        A1 B2 C3; WEAR  | 0 | WEAR | ok       | A1; WEAR         | B:REG C:REG
        A1 B2 C3; EAAR  | 2 | WE   | ok       | A1 C3; EAAR      | B:REG
        A1 B2 C3; EAAR  | 1 | WE   | ok       | B2 C3; EAAR      | -
        A1 B1; EAAR     | 1 | WE   | ok       | -                | B:REG
        A1 B2; EAAR     | 3 | WE   | conflict | A1 B2; EAAR      | -
        B2; WE B        | 2 | WE   | conflict | B2; WE B         | -
        """)
    void aRegistrantPreempts(String before, long preempted, String type, String status, String after, String notices) {
        check(
                new ReservationCommand.Preempt(1, preempted, Texts.type(type), false),
                before,
                "A",
                status,
                after,
                notices);
    }

    @Test
    void aPreemptNeedsTheHostsOwnKey() {
        check(
                new ReservationCommand.Preempt(9, 2, ReservationType.WRITE_EXCLUSIVE, false),
                "A1 B2",
                "A",
                "conflict",
                "A1 B2",
                "-");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        A1 B2 C2; EA B  | 2 | BC
        A1 B2 C3; EAAR  | 0 | BC
        A1 B1 C3; EA C  | 1 | AB
        A1 B1 C3; EA A  | 1 | B
        """)
    void preemptAndAbortNamesTheHostsThatLostTheirRegistration(String before, long preempted, String hosts) {
        ReservationType type = ReservationType.EXCLUSIVE_ACCESS;
        Reservations now = Texts.state(before);
        Outcome abort = new ReservationCommand.Preempt(1, preempted, type, true).apply(now, Texts.host("A"));
        assertEquals(
                hosts,
                String.join("", abort.preempted().stream().map(Texts::name).toList()));
        Outcome plain = new ReservationCommand.Preempt(1, preempted, type, false).apply(now, Texts.host("A"));
        assertEquals(List.of(), plain.preempted());
        assertEquals(plain.next(), abort.next());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        A1 B2; WE A   | 1 | WE   | ok       | A1 B2         | -
        A1 B2; EA A   | 1 | EA   | ok       | A1 B2         | -
        A1 B2; WERO A | 1 | WERO | ok       | A1 B2         | B:REL
        A1 B2; EARO A | 1 | EARO | ok       | A1 B2         | B:REL
        A1 B2; WEAR   | 1 | WEAR | ok       | A1 B2         | B:REL
        A1 B2; EAAR   | 1 | EAAR | ok       | A1 B2         | B:REL
        A1 B2; WE A   | 1 | EA   | invalid  | A1 B2; WE A   | -
        A1 B2; WEAR   | 1 | EAAR | invalid  | A1 B2; WEAR   | -
        A1 B2; WE A   | 9 | WE   | conflict | A1 B2; WE A   | -
        B2; WE B      | 2 | WE   | conflict | B2; WE B      | -
        A1 B2; WE B   | 1 | WE   | ok       | A1 B2; WE B   | -
        A1 B2; WE B   | 1 | EA   | ok       | A1 B2; WE B   | -
        A1 B2         | 1 | WE   | ok       | A1 B2         | -
        """)
    void aRegistrantReleases(String before, long key, String type, String status, String after, String notices) {
        check(new ReservationCommand.Release(key, Texts.type(type)), before, "A", status, after, notices, false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        A1 B2 C3; WE A | 1 | ok       | -              | B:PRE C:PRE
        A1 B2 C3; EA B | 1 | ok       | -              | B:PRE C:PRE
        A1 B2; WEAR    | 1 | ok       | -              | B:PRE
        A1             | 1 | ok       | -              | -
        A1 B2; WE A    | 2 | conflict | A1 B2; WE A    | -
        B2; WE B       | 2 | conflict | B2; WE B       | -
        """)
    void aRegistrantClears(String before, long key, String status, String after, String notices) {
        check(new ReservationCommand.Clear(key), before, "A", status, after, notices);
    }

    @Test
    void registeringSaysWhetherAllPersists() {
        Reservations set = new ReservationCommand.Register(1, true)
                .apply(Reservations.NONE, Texts.host("A"))
                .next();
        assertTrue(set.ptpl());
        Reservations kept = new ReservationCommand.Register(2, null)
                .apply(set, Texts.host("B"))
                .next();
        assertTrue(kept.ptpl());
        Reservations cleared = new ReservationCommand.Unregister(1, false, false)
                .apply(kept, Texts.host("A"))
                .next();
        assertFalse(cleared.ptpl());
        Outcome refused = new ReservationCommand.Replace(9, 5, false, true).apply(cleared, Texts.host("B"));
        assertFalse(refused.next().ptpl(), "a command that fails changes nothing");
        assertTrue(new ReservationCommand.Persist(true)
                .apply(cleared, Texts.host("B"))
                .next()
                .ptpl());
    }

    @Test
    void theGenerationBeginsAnewBehindItsMaximum() {
        Reservations last = new Reservations(List.of(), null, null, false, -1);
        assertEquals(
                0,
                new ReservationCommand.Register(1, null)
                        .apply(last, Texts.host("A"))
                        .next()
                        .generation());
    }

    @Test
    void registrationsHaveALimitAndMayBeTriedAgain() {
        Reservations full = Reservations.NONE;
        for (int i = 0; i < Reservations.MAX_REGISTRANTS; i++) {
            full = new ReservationCommand.Register(1, null)
                    .apply(full, new HostId(1, i))
                    .next();
        }
        Outcome one = new ReservationCommand.Register(1, null).apply(full, new HostId(2, 0));
        assertEquals(Status.INTERNAL_ERROR, one.status());
        assertEquals(full, one.next());
        Outcome again = new ReservationCommand.Replace(1, 2, false, null).apply(full, new HostId(1, 7));
        assertEquals(Status.SUCCESS, again.status());
    }
}
