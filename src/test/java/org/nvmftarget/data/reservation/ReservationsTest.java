package org.nvmftarget.data.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservationsTest {

    /** NVMe Base specification 2.0, figure "Command Behavior in the Presence of a Reservation"; A holds. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        A1 B2; WE A   | A | true  | true
        A1 B2; WE A   | B | true  | false
        A1 B2; WE A   | C | true  | false
        A1 B2; EA A   | A | true  | true
        A1 B2; EA A   | B | false | false
        A1 B2; EA A   | C | false | false
        A1 B2; WERO A | A | true  | true
        A1 B2; WERO A | B | true  | true
        A1 B2; WERO A | C | true  | false
        A1 B2; EARO A | A | true  | true
        A1 B2; EARO A | B | true  | true
        A1 B2; EARO A | C | false | false
        A1 B2; WEAR   | A | true  | true
        A1 B2; WEAR   | B | true  | true
        A1 B2; WEAR   | C | true  | false
        A1 B2; EAAR   | A | true  | true
        A1 B2; EAAR   | B | true  | true
        A1 B2; EAAR   | C | false | false
        """)
    void aReservationAdmits(String state, String host, boolean reads, boolean writes) {
        AccessGuard guard = Texts.state(state).guard();
        assertNotNull(guard);
        HostId id = Texts.host(host);
        assertEquals(reads, guard.admitsRead(id.high(), id.low()));
        assertEquals(writes, guard.admitsWrite(id.high(), id.low()));
    }

    @Test
    void registrationAloneKeepsNoOneOut() {
        assertNull(Texts.state("A1 B2").guard());
        assertNull(Reservations.NONE.guard());
    }

    @Test
    void bothHalvesOfAHostIdentifierCount() {
        AccessGuard guard = Texts.state("A1; EA A").guard();
        assertNotNull(guard);
        HostId a = Texts.host("A");
        assertEquals(false, guard.admitsWrite(a.high() + 1, a.low()));
        assertEquals(false, guard.admitsWrite(a.high(), a.low() + 1));
    }

    @Test
    void allRegistrantsHoldAReservationOfTheirs() {
        Reservations all = Texts.state("A1 B2; WEAR");
        assertEquals(true, all.isHolder(Texts.host("B")));
        assertEquals(false, all.isHolder(Texts.host("C")));
        Reservations one = Texts.state("A1 B2; WERO A");
        assertEquals(true, one.isHolder(Texts.host("A")));
        assertEquals(false, one.isHolder(Texts.host("B")));
        assertEquals(false, Texts.state("A1").isHolder(Texts.host("A")));
    }

    @Test
    void whatCannotBeIsRefused() {
        Registrant a = new Registrant(Texts.host("A"), 1);
        ReservationType type = ReservationType.EXCLUSIVE_ACCESS;
        assertThrows(
                IllegalArgumentException.class, () -> new Reservations(List.of(a), type, Texts.host("B"), false, 0));
        assertThrows(IllegalArgumentException.class, () -> new Reservations(List.of(a), type, null, false, 0));
        assertThrows(
                IllegalArgumentException.class, () -> new Reservations(List.of(a), null, Texts.host("A"), false, 0));
        assertThrows(IllegalArgumentException.class, () -> new Reservations(List.of(a, a), null, null, false, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Reservations(List.of(), ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS, null, false, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "1, WRITE_EXCLUSIVE",
        "2, EXCLUSIVE_ACCESS",
        "3, WRITE_EXCLUSIVE_REGISTRANTS_ONLY",
        "4, EXCLUSIVE_ACCESS_REGISTRANTS_ONLY",
        "5, WRITE_EXCLUSIVE_ALL_REGISTRANTS",
        "6, EXCLUSIVE_ACCESS_ALL_REGISTRANTS"
    })
    void aTypeHasItsCode(int code, ReservationType type) {
        assertEquals(type, ReservationType.of(code));
        assertEquals(code, type.code());
        assertEquals(type, ReservationType.ofWord(type.word()));
    }

    @ParameterizedTest
    @CsvSource({"0", "7", "255"})
    void reservedTypesAreNone(int code) {
        assertNull(ReservationType.of(code));
    }

    @Test
    void aHostIdentifierHasItsDigits() {
        HostId id = new HostId(0x0011_2233_4455_6677L, 0x8899_AABB_CCDD_EEFFL);
        assertEquals("00112233445566778899aabbccddeeff", id.toString());
        assertEquals(id, HostId.parse("00112233445566778899aabbccddeeff"));
        assertThrows(IllegalArgumentException.class, () -> HostId.parse("0011"));
        assertThrows(IllegalArgumentException.class, () -> HostId.parse("z".repeat(32)));
    }
}
