package org.nvmftarget.data.nvme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.nvme.Bytes.hex;
import static org.nvmftarget.data.nvme.Bytes.zeroes;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What ANA puts on the wire. */
class AnaBytesTest {

    private static final AnaLog LOG = new AnaLog(
            0x0102_0304_0506_0708L,
            List.of(
                    new AnaLog.Group(1, 5, AnaLog.OPTIMIZED, List.of(1, 0x8000_0002)),
                    new AnaLog.Group(128, 1, AnaLog.CHANGE, List.of(7))));

    private static MemorySegment encoded(AnaLog log) {
        MemorySegment s = MemorySegment.ofArray(new byte[log.lengthBytes()]);
        log.encode(s);
        return s;
    }

    @Test
    void theLogIsAHeaderAndDescriptorsThatListTheirNamespaces() {
        MemorySegment s = encoded(LOG);
        assertEquals(16 + 32 + 8 + 32 + 4, s.byteSize());
        assertEquals("0807060504030201" + "0200" + "00".repeat(6), hex(s, 0, 16));
        assertEquals("01000000" + "02000000" + "0500000000000000" + "01" + "00".repeat(15), hex(s, 16, 32));
        assertEquals("01000000" + "02000080", hex(s, 48, 8));
        assertEquals("80000000" + "01000000" + "0100000000000000" + "0f" + "00".repeat(15), hex(s, 56, 32));
        assertEquals("07000000", hex(s, 88, 4));
    }

    @Test
    void groupsAloneHaveNoNamespaces() {
        List<AnaLog.Group> alone =
                LOG.groups().stream().map(AnaLog.Group::alone).toList();
        MemorySegment s = encoded(new AnaLog(1, alone));
        assertEquals(16 + 32 + 32, s.byteSize());
        assertEquals("01000000" + "00000000" + "0500000000000000" + "01", hex(s, 16, 17));
        assertEquals("80000000" + "00000000" + "0100000000000000" + "0f", hex(s, 48, 17));
    }

    @Test
    void statesAreNumberedAsSpecified() {
        assertEquals(1, AnaLog.OPTIMIZED);
        assertEquals(2, AnaLog.NON_OPTIMIZED);
        assertEquals(3, AnaLog.INACCESSIBLE);
        assertEquals(4, AnaLog.PERSISTENT_LOSS);
        assertEquals(15, AnaLog.CHANGE);
    }

    @Test
    void statusesAreOfThePathRelatedType() {
        assertEquals((short) 0x0602, Status.toWire(Status.ANA_PERSISTENT_LOSS));
        assertEquals((short) 0x0604, Status.toWire(Status.ANA_INACCESSIBLE));
        assertEquals((short) 0x0606, Status.toWire(Status.ANA_TRANSITION));
    }

    @Test
    void theEventNamesTheLog() {
        assertEquals(0x000C_0302, AsyncEvent.ANA_CHANGED);
        assertEquals(0x0000_0800, AsyncEvent.CONFIG_ANA_CHANGED);
    }

    @Test
    void whatIsNotReachedHasItsSizeButNoUtilization() {
        MemorySegment s = MemorySegment.ofArray(new byte[Identify.BYTES]);
        IdentifyNamespace.encodeSize(s, 0x1000, 0x800, 4096, false);
        assertEquals("0010000000000000".repeat(2) + "0000000000000000", hex(s, 0, 24));
        zeroes(s, 48, 64);
    }

    @Test
    void theLogSpecificFieldHasSevenBits() {
        MemorySegment s = MemorySegment.ofArray(new byte[Sqe.BYTES]);
        Wire.putU32(s, Sqe.CDW10, 0x0000_FF0C);
        assertEquals(0x7F, LogPage.lsp(s));
        Wire.putU32(s, Sqe.CDW10, 0xFFFF_810C);
        assertEquals(AnaLog.LSP_GROUPS_ONLY, LogPage.lsp(s));
    }
}
