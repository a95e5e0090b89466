package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.TransportOptions;

class ConnectDataTest {

    // Seen from Linux 6.1: an admin queue with HRQSIZE 32 and HSQSIZE 31, in 56 bytes of the CM's message.
    private static final String LINUX_ADMIN = "0000" + "0000" + "2000" + "1f00" + "00".repeat(48);

    @Test
    void theAdminQueueOfALinuxHostIsAccepted() {
        assertEquals(new ConnectData.Parsed.Valid(new ConnectData(0, 32)), parse(LINUX_ADMIN, 16));
    }

    @Test
    void anIoQueueMayNameItsController() {
        assertEquals(new ConnectData.Parsed.Valid(new ConnectData(3, 128)), parse(request(3, 128, 127, 9), 16));
    }

    @Test
    void lessThan32BytesAreRefused() {
        assertRefused(Reject.INVALID_PRIVATE_DATA_LENGTH, LINUX_ADMIN.substring(0, 62), 16);
        assertRefused(Reject.INVALID_PRIVATE_DATA_LENGTH, "", 16);
    }

    @Test
    void eachFieldIsRefusedWithItsCode() {
        assertRefused(Reject.INVALID_RECFMT, "0100" + LINUX_ADMIN.substring(4), 16);
        assertRefused(Reject.INVALID_QID, request(128, 32, 31, 0), 16);
        assertRefused(Reject.INVALID_HSQSIZE, request(1, 32, 0, 0), 16);
        assertRefused(Reject.INVALID_HSQSIZE, request(1, 129, 128, 0), 16);
        assertRefused(Reject.INVALID_HRQSIZE, request(1, 0, 31, 0), 16);
        assertRefused(Reject.INVALID_IRD, request(1, 32, 31, 0), 0);
        assertRefused(Reject.INVALID_CNTLID, request(1, 32, 31, 0xFFF0), 16);
    }

    // SPDK's host has it there when it connects again.
    @Test
    void anAdminQueueMayNameTheControllerThatItsHostHasLost() {
        assertEquals(new ConnectData.Parsed.Valid(new ConnectData(0, 32)), parse(request(0, 32, 31, 7), 16));
        assertEquals(new ConnectData.Parsed.Valid(new ConnectData(0, 32)), parse(request(0, 32, 31, 0xFFFF), 16));
    }

    @Test
    void theReplyGrantsAsManyReceivesAsTheQueueHasEntries() {
        assertArrayEquals(HexFormat.of().parseHex("00008000" + "00".repeat(28)), new ConnectData(1, 128).accept());
    }

    @Test
    void aRefusalHasItsFormatAndStatus() {
        assertArrayEquals(HexFormat.of().parseHex("00000600"), ConnectData.reject(Reject.NO_RESOURCES));
    }

    private static void assertRefused(Reject reject, String hex, int hostReads) {
        ConnectData.Parsed.Invalid invalid = assertInstanceOf(ConnectData.Parsed.Invalid.class, parse(hex, hostReads));
        assertEquals(reject, invalid.reject());
    }

    @Test
    void theReasonSaysWhatWasAskedForAndWhatIsPossible() {
        assertEquals(
                "a send queue of 129 entries, 2 to max_queue_depth 128 are possible",
                ((ConnectData.Parsed.Invalid) parse(request(1, 129, 128, 0), 16)).reason());
    }

    private static ConnectData.Parsed parse(String hex, int hostReads) {
        return ConnectData.parse(
                MemorySegment.ofArray(HexFormat.of().parseHex(hex)), hostReads, TransportOptions.Common.DEFAULTS);
    }

    private static String request(int qid, int hrqsize, int hsqsize, int cntlid) {
        return "0000" + le16(qid) + le16(hrqsize) + le16(hsqsize) + le16(cntlid) + "00".repeat(22);
    }

    private static String le16(int value) {
        return HexFormat.of().toHexDigits(Short.reverseBytes((short) value));
    }
}
