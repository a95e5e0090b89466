package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PduTest {

    private final MemorySegment memory = MemorySegment.ofArray(new byte[256]);

    private String hex(int length) {
        return HexFormat.of().formatHex(memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void shouldEncodeIcRespByteForByte() {
        memory.fill((byte) 0xEE);

        Pdu.icResp(memory, 131072);

        assertEquals("0100800080000000" + "0000" + "00" + "00" + "00000200" + "00".repeat(112), hex(128));
    }

    @Test
    void shouldEncodeR2tByteForByte() {
        Pdu.r2t(memory, 0, 0x1234, 7, 65536);

        assertEquals("0900180018000000" + "3412" + "0700" + "00000000" + "00000100" + "00000000", hex(24));
    }

    @Test
    void shouldEncodeC2hDataByteForByte() {
        Pdu.c2hData(memory, 0, 5, 24, 4096, true);
        assertEquals("070c181818100000" + "0500" + "0000" + "00000000" + "00100000" + "00000000", hex(24));

        Pdu.c2hData(memory, 0, 5, 128, 512, false);
        assertEquals("0704188080020000" + "0500" + "0000" + "00000000" + "00020000" + "00000000", hex(24));
    }

    @Test
    void shouldEncodeTermReqWithThePduAtFault() {
        MemorySegment faulty = MemorySegment.ofArray(HexFormat.of().parseHex("ffff42000000aabbccdd"));

        int length = Pdu.c2hTermReq(memory, Pdu.FES_INVALID_HEADER_FIELD, 4, faulty, 2, 8);

        assertEquals(32, length);
        assertEquals("0300180020000000" + "0100" + "04000000" + "00".repeat(10) + "42000000aabbccdd", hex(32));
    }
}
