package org.nvmftarget.data.nvme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.nvme.Bytes.dirty;
import static org.nvmftarget.data.nvme.Bytes.hex;
import static org.nvmftarget.data.nvme.Bytes.zeroes;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Sizes and offsets as the specifications have them, written out as bytes. */
class GoldenBytesTest {

    @Test
    void aStatusLiesAboveThePhaseTag() {
        assertEquals((short) 0x8304, Status.toWire(Status.CONNECT_INVALID_PARAMETERS | Status.DNR));
        assertEquals(Status.CONNECT_INVALID_PARAMETERS | Status.DNR, Status.ofWire((short) 0x8304));
        assertEquals(Status.CONNECT_INVALID_PARAMETERS, Status.code(Status.CONNECT_INVALID_PARAMETERS | Status.DNR));
        assertEquals("sct 0x1 sc 0x82 dnr", Status.toText(Status.CONNECT_INVALID_PARAMETERS | Status.DNR));
    }

    @Test
    void aCompletionEntryHasSixteenBytes() {
        MemorySegment s = dirty(Cqe.BYTES);
        Cqe.encode(s, 0x1122_3344_5566_7788L, 0x0A0B, 0xC1D2, Status.INVALID_FIELD | Status.DNR);
        assertEquals("8877665544332211" + "0b0a" + "0000" + "d2c1" + "0480", hex(s, 0, 16));
        assertEquals(Status.INVALID_FIELD | Status.DNR, Cqe.status(s));
        assertEquals(0xC1D2, Cqe.cid(s));
    }

    @Test
    void aReadCommandIsRead() {
        MemorySegment s = Bytes.of("02 40 3412 01000000 0000000000000000 0000000000000000"
                + "00100000feffffff 00200000 000000 5a 8877665544332211 0700 0040 00000000 00000000 00000000");
        assertEquals(Sqe.BYTES, s.byteSize());
        assertEquals(Opcode.READ, Sqe.opcode(s));
        assertEquals(Sqe.PSDT_SGL, Sqe.psdt(s));
        assertEquals(0, Sqe.fuse(s));
        assertEquals(0x1234, Sqe.cid(s));
        assertEquals(1, Sqe.nsid(s));
        assertEquals(SglDescriptor.TRANSPORT, SglDescriptor.type(s, Sqe.SGL1));
        assertEquals(0xFFFF_FFFE_0000_1000L, SglDescriptor.address(s, Sqe.SGL1));
        assertEquals(0x2000, SglDescriptor.lengthBytes(s, Sqe.SGL1));
        assertEquals(0x1122_3344_5566_7788L, Sqe.slba(s));
        assertEquals(8, Sqe.blocks(s));
        assertEquals(1 << 30, Sqe.cdw12(s) & 1 << 30);
    }

    @Test
    void aKeyedDescriptorHasLengthAndKeySideBySide() {
        MemorySegment s = dirty(32);
        SglDescriptor.encodeKeyed(s, 8, SglDescriptor.KEYED_INVALIDATE, 0x1000, 0x02_0000, 0xDEAD_BEEF);
        assertEquals("0010000000000000" + "000002" + "efbeadde" + "4f", hex(s, 8, 16));
        assertEquals(0x02_0000, SglDescriptor.keyedLengthBytes(s, 8));
        assertEquals(0xDEAD_BEEF, SglDescriptor.key(s, 8));
        SglDescriptor.encode(s, 8, SglDescriptor.DATA_BLOCK_OFFSET, 0, 4096);
        assertEquals("0000000000000000" + "00100000" + "000000" + "01", hex(s, 8, 16));
    }

    @Test
    void connectAndItsDataAreRead() {
        MemorySegment sqe =
                Bytes.of("7f 40 0100 01" + "00".repeat(35) + "0000 0300 1f00 04 00 c0d40100" + "00".repeat(12));
        assertEquals(Sqe.BYTES, sqe.byteSize());
        assertEquals(Opcode.FABRICS_CONNECT, Sqe.fctype(sqe));
        assertEquals(0, Connect.recfmt(sqe));
        assertEquals(3, Connect.qid(sqe));
        assertEquals(31, Connect.sqsize(sqe));
        assertEquals(Connect.CATTR_DISABLE_SQ_FLOW, Connect.cattr(sqe));
        assertEquals(120_000, Connect.katoMs(sqe));

        ConnectData data =
                new ConnectData(0x0011_2233_4455_6677L, 0x8899_AABB_CCDD_EEFFL, 0xFFFF, "nqn.sub", "nqn.host");
        MemorySegment s = dirty(ConnectData.BYTES);
        data.encode(s);
        assertEquals("00112233445566778899aabbccddeeff" + "ffff", hex(s, 0, 18));
        zeroes(s, 18, 256);
        assertEquals("nqn.sub", Wire.text(s, 256, 256));
        assertEquals("nqn.host", Wire.text(s, 512, 256));
        zeroes(s, 768, 1024);
        assertEquals(data, ConnectData.decode(s, 0));
        assertEquals("00112233445566778899aabbccddeeff", data.hostId());
    }

    @Test
    void aFieldToBlameIsNamedByItsOffset() {
        assertEquals(44, Connect.invalidInCommand(Connect.SQSIZE));
        assertEquals(0x0001_0100, Connect.invalidInData(ConnectData.SUBNQN));
    }

    @Test
    void propertiesLieWhereFabricsPutsThem() {
        MemorySegment s =
                Bytes.of("7f 40 0100 00" + "00".repeat(35) + "00 000000 14000000 0100460000000000" + "00".repeat(8));
        assertEquals(Property.CC, Property.offset(s));
        assertEquals(Property.SIZE_4, Property.size(s));
        assertEquals(0x46_0001, Property.value(s));
        assertEquals(0x0800_0020_0F01_007FL, Property.cap(128));
    }

    @Test
    void aNamespacesSizeAndIdentifiersLieWhereSpecified() {
        MemorySegment s = MemorySegment.ofArray(new byte[Identify.BYTES]);
        IdentifyNamespace.encodeSize(s, 0x1000, 0x800, 4096, true);
        IdentifyNamespace.encodeIdentifiers(s, "0102030405060708090A0B0C0D0E0F10", Optional.of("A1A2A3A4A5A6A7A8"));
        assertEquals("0010000000000000".repeat(2) + "0008000000000000", hex(s, 0, 24));
        assertEquals("0000000100000000" + "00".repeat(8), hex(s, 48, 16));
        zeroes(s, 64, 104);
        assertEquals("0102030405060708090a0b0c0d0e0f10" + "a1a2a3a4a5a6a7a8" + "00000c00", hex(s, 104, 28));
        zeroes(s, 132, 4096);
    }

    @Test
    void theDescriptorsAreAListThatEndsWithZero() {
        MemorySegment s = MemorySegment.ofArray(new byte[Identify.BYTES]);
        IdentifyNamespace.encodeDescriptors(
                s,
                UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
                "0102030405060708090A0B0C0D0E0F10",
                Optional.of("A1A2A3A4A5A6A7A8"));
        assertEquals(
                "03100000" + "00112233445566778899aabbccddeeff" + "02100000" + "0102030405060708090a0b0c0d0e0f10"
                        + "01080000" + "a1a2a3a4a5a6a7a8" + "04010000" + "00" + "00",
                hex(s, 0, 58));
        zeroes(s, 57, 4096);
    }

    @Test
    void anErrorEntryHasSixtyFourBytes() {
        MemorySegment s = dirty(72);
        ErrorLogEntry.encode(
                s,
                8,
                3,
                1,
                0x1234,
                Status.LBA_OUT_OF_RANGE | Status.DNR,
                ErrorLogEntry.location(Sqe.CDW12, 3),
                0x99,
                2,
                3,
                0x55);
        assertEquals(
                "0300000000000000" + "0100" + "3412" + "0081" + "3003" + "9900000000000000" + "02000000" + "0003"
                        + "0000" + "5500000000000000",
                hex(s, 8, 40));
        zeroes(s, 48, 72);
    }

    @Test
    void smartCountsInThousandsOfSectors() {
        MemorySegment s = MemorySegment.ofArray(new byte[SmartLog.BYTES]);
        new SmartLog(2, 303, SmartLog.Wear.NONE, 512_001, 0, 5, 6, 8, 9, 10, 7).encode(s);
        assertEquals("02" + "2f01" + "64" + "0a", hex(s, 0, 5));
        zeroes(s, 5, 32);
        long[] counters = {2, 0, 5, 6, 8, 1, 9, 0, 10, 7};
        for (int i = 0; i < counters.length; i++) {
            assertEquals(counters[i], Wire.u64(s, 32 + 16 * i));
            assertEquals(0, Wire.u64(s, 40 + 16 * i));
        }
        zeroes(s, 192, SmartLog.BYTES);
    }

    @Test
    void getLogPageHasItsLengthInTwoHalves() {
        MemorySegment s = Bytes.of("02" + "00".repeat(39) + "04 80 ff03 0100 0000 0010000000000000" + "00".repeat(8));
        assertEquals(LogPage.CHANGED_NAMESPACES, LogPage.lid(s));
        assertTrue(LogPage.rae(s));
        assertEquals(4L * 0x1_0400, LogPage.lengthBytes(s));
        assertEquals(0x1000, LogPage.offset(s));
    }

    @Test
    void eventsNameTypeInformationAndLog() {
        assertEquals(0x0004_0002, AsyncEvent.NAMESPACE_CHANGED);
        assertEquals(0x000C_0302, AsyncEvent.ANA_CHANGED);
        assertEquals(0x0070_F002, AsyncEvent.DISCOVERY_CHANGED);
        assertEquals(0x0002_0101, AsyncEvent.TEMPERATURE);
        assertEquals(0x0080_0006, AsyncEvent.RESERVATION_LOG_AVAILABLE);
    }

    @Test
    void aRangeHasSixteenBytes() {
        MemorySegment s = Bytes.of("00000000 ffffffff 0807060504030201");
        assertEquals(DsmRange.BYTES, s.byteSize());
        assertEquals(0xFFFF_FFFFL, DsmRange.blocks(s, 0));
        assertEquals(0x0102_0304_0506_0708L, DsmRange.lba(s, 0));
    }
}
