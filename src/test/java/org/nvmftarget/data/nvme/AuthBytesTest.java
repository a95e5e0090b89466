package org.nvmftarget.data.nvme;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Authentication commands and messages, written out as bytes. */
class AuthBytesTest {

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Test
    void commandsNameTheProtocolAndTheLength() {
        var sqe = Bytes.of("7f40 0100 05" + "00".repeat(35) + "00 01 02 e9 48000000" + "00".repeat(16));
        assertEquals(Sqe.BYTES, sqe.byteSize());
        assertEquals(Opcode.FABRICS_AUTH_SEND, Sqe.fctype(sqe));
        assertEquals(1, AuthCommand.spsp0(sqe));
        assertEquals(2, AuthCommand.spsp1(sqe));
        assertEquals(AuthCommand.SECP_NVME, AuthCommand.secp(sqe));
        assertEquals(72, AuthCommand.lengthBytes(sqe));
    }

    @Test
    void negotiateListsHashFunctionsAndGroups() {
        String descriptor = "01 00 03 06 010203" + "00".repeat(27) + "000102030405" + "00".repeat(24);
        var m = Bytes.of("00 00 0000 3412 00 01" + descriptor);
        AuthMessage.Negotiate negotiate = AuthMessage.Negotiate.decode(m).orElseThrow();
        assertEquals(0x1234, negotiate.tid());
        assertEquals(0, negotiate.scc());
        assertEquals(
                List.of(new AuthMessage.Dhchap(List.of(1, 2, 3), List.of(0, 1, 2, 3, 4, 5))), negotiate.protocols());
    }

    @Test
    void negotiateMayHaveOtherProtocolsBesides() {
        String other = "02" + "ff".repeat(63);
        String ours = "01 00 01 01 03" + "00".repeat(29) + "02" + "00".repeat(29);
        var m = Bytes.of("00 00 0000 0100 01 02" + other + ours);
        AuthMessage.Negotiate negotiate = AuthMessage.Negotiate.decode(m).orElseThrow();
        assertEquals(1, negotiate.scc());
        assertEquals(List.of(new AuthMessage.Dhchap(List.of(3), List.of(2))), negotiate.protocols());
    }

    @Test
    void negotiateWhoseListsDoNotFitIsNone() {
        assertTrue(AuthMessage.Negotiate.decode(Bytes.of("00 00 0000 0100 00 01" + "01".repeat(63)))
                .isEmpty());
        assertTrue(AuthMessage.Negotiate.decode(Bytes.of("00 00 0000 0100 00 01 01 00 1f 00" + "00".repeat(60)))
                .isEmpty());
        assertTrue(AuthMessage.Negotiate.decode(Bytes.of("00 00 0000 0100 00 01 01 00 00 ff" + "00".repeat(60)))
                .isEmpty());
        assertTrue(AuthMessage.Negotiate.decode(Bytes.of("00 00 0000 0100 00")).isEmpty());
    }

    @Test
    void aChallengeHasItsValueAndThePublicValue() {
        byte[] message = new AuthMessage.Challenge(
                        0x1234, 1, 2, 0x89ABCDEF, bytes("c1c2c3c4"), bytes("d1d2d3d4d5d6d7d8"))
                .encode();
        assertEquals("0101000034120400" + "01020800efcdab89" + "c1c2c3c4" + "d1d2d3d4d5d6d7d8", hex(message));
    }

    @Test
    void aReplyHasResponseChallengeAndPublicValue() {
        var m = Bytes.of("01 02 0000 3412 04 00 01 00 0800 efcdab89 a1a2a3a4 c1c2c3c4 d1d2d3d4d5d6d7d8");
        AuthMessage.Reply reply = AuthMessage.Reply.decode(m).orElseThrow();
        assertEquals(0x1234, reply.tid());
        assertEquals(1, reply.cvalid());
        assertEquals(0x89ABCDEF, reply.seqnum());
        assertArrayEquals(bytes("a1a2a3a4"), reply.rval());
        assertArrayEquals(bytes("c1c2c3c4"), reply.cval());
        assertArrayEquals(bytes("d1d2d3d4d5d6d7d8"), reply.dhValue());
    }

    @Test
    void aReplyWhoseLengthsDoNotAddUpIsNone() {
        assertTrue(AuthMessage.Reply.decode(Bytes.of("01 02 0000 3412 04 00 01 00 0800 efcdab89 a1a2a3a4"))
                .isEmpty());
        assertTrue(AuthMessage.Reply.decode(Bytes.of("01 02 0000 3412 ff 00 01 00 ffff efcdab89" + "00".repeat(600)))
                .isEmpty());
        assertTrue(AuthMessage.Reply.decode(Bytes.of("01 02 0000 3412 04 00")).isEmpty());
    }

    @Test
    void successSaysWhetherItHasAResponse() {
        assertEquals(
                "01030000341220000000000000000000", hex(new AuthMessage.Success1(0x1234, 32, new byte[0]).encode()));
        assertEquals(
                "0103000034120400" + "0100000000000000" + "a1a2a3a4",
                hex(new AuthMessage.Success1(0x1234, 4, bytes("a1a2a3a4")).encode()));
        assertEquals(
                0x1234,
                AuthMessage.Success2.decode(Bytes.of("01 04 0000 3412" + "00".repeat(10)))
                        .orElseThrow()
                        .tid());
        assertTrue(AuthMessage.Success2.decode(Bytes.of("01 04 0000 3412")).isEmpty());
    }

    @Test
    void aFailureSaysWhy() {
        assertEquals("00f1000034120104", hex(new AuthMessage.Failure(0x1234, AuthMessage.HASH_UNUSABLE).encode()));
        AuthMessage.Failure failure =
                AuthMessage.Failure.decode(Bytes.of("00 f0 0000 3412 01 06")).orElseThrow();
        assertEquals(AuthMessage.INCORRECT_PAYLOAD, failure.explanation());
    }
}
