package org.nvmftarget.data.nvme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.nvme.Bytes.hex;
import static org.nvmftarget.data.nvme.Bytes.zeroes;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** The NVM command set's own structures as bytes (NVM Command Set 1.0, sections 3.2 and 4.1.5). */
class NvmBytesTest {

    @Test
    void aCopyNamesItsRangesInTwoFormats() {
        MemorySegment sqe = Bytes.of("19" + "00".repeat(39) + "0807060504030201" + "02f1f3ff" + "00".repeat(12));
        assertEquals(0x0102030405060708L, Sqe.slba(sqe));
        assertEquals(3, CopyRange.ranges(sqe));
        assertEquals(1, CopyRange.format(sqe));
        assertEquals(0xF000, Sqe.cdw12(sqe) & CopyRange.PRINFOR);
        assertEquals(1 << 25, Sqe.cdw12(sqe) & CopyRange.STCR);
        assertEquals(32, CopyRange.bytes(0));
        assertEquals(40, CopyRange.bytes(1));
        MemorySegment range = Bytes.of("ff".repeat(8) + "1817161514131211" + "0a00" + "ff".repeat(14));
        assertEquals(0x1112131415161718L, CopyRange.lba(range, 0));
        assertEquals(11, CopyRange.blocks(range, 0));
    }

    @Test
    void theFlagsOfIoCommandsFillTheUpperHalf() {
        int parts = IoFlags.LR | IoFlags.FUA | IoFlags.PRINFO | IoFlags.DEAC | IoFlags.STC | IoFlags.DTYPE | 0xF_0000;
        assertEquals(IoFlags.ALL, parts);
        assertEquals(0x2000_0000, IoFlags.DEAC << 4);
    }

    @Test
    void theLimitsOfTheNvmCommandSetArePowersOfTwo() {
        MemorySegment s = MemorySegment.ofArray(new byte[Identify.BYTES]);
        NvmLimits.encode(s);
        assertEquals("0d100d00" + "00000000" + "0000000000000000", hex(s, 0, 16));
        zeroes(s, 16, 4096);
    }

    @Test
    void aDatasetManagementRangeHasSixteenBytes() {
        MemorySegment sqe = Bytes.of("09" + "00".repeat(39) + "ff000000" + "04000000" + "00".repeat(16));
        assertEquals(256, DsmRange.ranges(sqe));
        MemorySegment range = Bytes.of("00000000" + "ffffffff" + "0807060504030201");
        assertEquals(0xFFFF_FFFFL, DsmRange.blocks(range, 0));
        assertEquals(0x0102030405060708L, DsmRange.lba(range, 0));
    }
}
