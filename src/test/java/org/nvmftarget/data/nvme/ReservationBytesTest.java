package org.nvmftarget.data.nvme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Reservation commands, Reservation Status and the notification log, written out as bytes. */
class ReservationBytesTest {

    private static MemorySegment bytes(String hex) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static String hex(MemorySegment s) {
        return HexFormat.of().formatHex(s.toArray(ValueLayout.JAVA_BYTE));
    }

    private static MemorySegment command(int opcode, String cdw10, String cdw11) {
        return bytes(HexFormat.of().toHexDigits((byte) opcode) + "40 0100 01000000" + "00".repeat(32) + cdw10 + cdw11
                + "00".repeat(16));
    }

    @Test
    void commandsSayTheirAction() {
        MemorySegment register = command(Opcode.RESERVATION_REGISTER, "0a 00 00 c0", "00000000");
        assertEquals(Sqe.BYTES, register.byteSize());
        assertEquals(0x0D, Sqe.opcode(register));
        assertEquals(Reservation.REPLACE, Reservation.action(register));
        assertTrue(Reservation.ignoresExistingKey(register));
        assertEquals(Reservation.PTPL_SET, Reservation.cptpl(register));

        MemorySegment acquire = command(Opcode.RESERVATION_ACQUIRE, "02 06 00 00", "00000000");
        assertEquals(0x11, Sqe.opcode(acquire));
        assertEquals(Reservation.PREEMPT_AND_ABORT, Reservation.action(acquire));
        assertFalse(Reservation.ignoresExistingKey(acquire));
        assertEquals(6, Reservation.rtype(acquire));

        MemorySegment release = command(Opcode.RESERVATION_RELEASE, "01 ff 00 00", "00000000");
        assertEquals(0x15, Sqe.opcode(release));
        assertEquals(Reservation.CLEAR, Reservation.action(release));
        assertEquals(0xFF, Reservation.rtype(release));
    }

    @Test
    void aReportSaysItsLengthInDwords() {
        MemorySegment report = command(Opcode.RESERVATION_REPORT, "0f 00 00 00", "01000000");
        assertEquals(0x0E, Sqe.opcode(report));
        assertEquals(64, Reservation.reportLengthBytes(report));
        assertTrue(Reservation.isExtended(report));
        MemorySegment huge = command(Opcode.RESERVATION_REPORT, "ff ff ff ff", "fe ff ff ff");
        assertEquals(1L << 34, Reservation.reportLengthBytes(huge));
        assertFalse(Reservation.isExtended(huge));
    }

    @Test
    void keysLieOneBehindTheOther() {
        MemorySegment data = bytes("ee" + "8877665544332211" + "0100000000000080");
        assertEquals(0x1122_3344_5566_7788L, Reservation.currentKey(data, 1));
        assertEquals(0x8000_0000_0000_0001L, Reservation.secondKey(data, 1));
    }

    @Test
    void aReservationStatusHasOneEntryForEachRegistrant() {
        MemorySegment s = MemorySegment.ofArray(new byte[64 + 2 * 64]);
        ReservationStatus.encodeHeader(s, 0x0102_0304, 3, 2, true);
        ReservationStatus.encodeRegistrant(
                s, 64, true, 0x1122_3344_5566_7788L, 0x0011_2233_4455_6677L, 0x8899_AABB_CCDD_EEFFL);
        ReservationStatus.encodeRegistrant(s, 128, false, 1, 0, 2);
        assertEquals("04030201 03 0200 0000 01".replace(" ", "") + "00".repeat(54), hex(s.asSlice(0, 64)));
        assertEquals(
                "ffff 01 0000000000 8877665544332211 00112233445566778899aabbccddeeff".replace(" ", "")
                        + "00".repeat(32),
                hex(s.asSlice(64, 64)));
        assertEquals(
                "ffff 00 0000000000 0100000000000000 00000000000000000000000000000002".replace(" ", "")
                        + "00".repeat(32),
                hex(s.asSlice(128, 64)));
    }

    @Test
    void aNotificationSaysHowManyMoreThereAre() {
        MemorySegment s = MemorySegment.ofArray(new byte[ReservationNotification.BYTES]);
        new ReservationNotification(0x0102, 3, 7, 0x0A0B_0C0D).encode(s);
        assertEquals("0201000000000000 03 07 0000 0d0c0b0a".replace(" ", "") + "00".repeat(48), hex(s));
        new ReservationNotification(1, 1, 300, 1).encode(s);
        assertEquals("0100000000000000 01 ff 0000 01000000".replace(" ", "") + "00".repeat(48), hex(s));
        ReservationNotification.EMPTY.encode(s);
        assertEquals("00".repeat(64), hex(s));
    }

    @Test
    void theEventNamesTheLog() {
        assertEquals(0x0080_0006, AsyncEvent.RESERVATION_LOG_AVAILABLE);
    }
}
