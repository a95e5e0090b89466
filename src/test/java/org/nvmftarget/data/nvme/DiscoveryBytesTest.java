package org.nvmftarget.data.nvme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.nvme.Bytes.hex;
import static org.nvmftarget.data.nvme.Bytes.zeroes;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The discovery log as bytes. */
class DiscoveryBytesTest {

    private static final DiscoveryEntry RDMA = new DiscoveryEntry(
            DiscoveryEntry.TRTYPE_RDMA,
            DiscoveryEntry.ADRFAM_IPV6,
            DiscoveryEntry.SUBTYPE_NVM,
            DiscoveryEntry.TREQ_SQ_FLOW_OPTIONAL,
            0x1234,
            128,
            0,
            4420,
            "nqn.x",
            "2001:db8::1");

    private static final DiscoveryEntry TCP = new DiscoveryEntry(
            DiscoveryEntry.TRTYPE_TCP,
            DiscoveryEntry.ADRFAM_IPV4,
            DiscoveryEntry.SUBTYPE_CURRENT_DISCOVERY,
            DiscoveryEntry.TREQ_SQ_FLOW_OPTIONAL,
            1,
            32,
            DiscoveryEntry.EFLAGS_DUPLICATE | DiscoveryEntry.EFLAGS_PERSISTENT,
            8009,
            "nqn.d",
            "10.0.0.1");

    private static MemorySegment encoded(DiscoveryLog log) {
        MemorySegment s = MemorySegment.ofArray(new byte[log.lengthBytes()]);
        log.encode(s);
        return s;
    }

    @Test
    void theHeaderCountsGenerationsAndRecords() {
        MemorySegment s = encoded(new DiscoveryLog(7, false, false, List.of(RDMA, TCP)));
        assertEquals(3072, s.byteSize());
        assertEquals("0700000000000000" + "0200000000000000" + "0000", hex(s, 0, 18));
        zeroes(s, 18, 1024);
    }

    @Test
    void anRdmaEntrySaysHowItIsConnected() {
        MemorySegment s = encoded(new DiscoveryLog(0, false, false, List.of(RDMA)));
        assertEquals("01" + "02" + "02" + "04" + "3412" + "ffff" + "8000" + "0000", hex(s, 1024, 12));
        zeroes(s, 1024 + 12, 1024 + 32);
        assertEquals("4420" + " ".repeat(28), Wire.text(s, 1024 + 32, 32));
        zeroes(s, 1024 + 64, 1024 + 256);
        assertEquals("nqn.x", Wire.text(s, 1024 + 256, 256));
        zeroes(s, 1024 + 256 + 5, 1024 + 512);
        assertEquals("2001:db8::1" + " ".repeat(245), Wire.text(s, 1024 + 512, 256));
        assertEquals("01" + "01" + "01", hex(s, 1024 + 768, 3)); // reliable connected, any provider, RDMA CM
        zeroes(s, 1024 + 771, 2048);
    }

    @Test
    void aTcpEntryHasNoSecurity() {
        MemorySegment s = encoded(new DiscoveryLog(0, false, false, List.of(TCP)));
        assertEquals("03" + "01" + "03" + "04" + "0100" + "ffff" + "2000" + "0300", hex(s, 1024, 12));
        zeroes(s, 1024 + 768, 2048);
    }

    @Test
    void extendedEntriesTellTheirLengthAndThePageItsOwn() {
        MemorySegment s = encoded(new DiscoveryLog(7, true, true, List.of(TCP, RDMA)));
        assertEquals(1024 + 2 * 1032, s.byteSize());
        assertEquals("0000" + "03" + "00" + "100c0000", hex(s, 16, 8));
        assertEquals("08040000" + "0000" + "0000", hex(s, 1024 + 1024, 8));
        assertEquals("01" + "02" + "02", hex(s, 1024 + 1032, 3));
        assertEquals("08040000" + "0000" + "0000", hex(s, 1024 + 1032 + 1024, 8));
    }

    @Test
    void entriesOfOnePortAreFlagged() {
        MemorySegment s = encoded(new DiscoveryLog(7, false, true, List.of()));
        assertEquals("0000" + "02" + "00" + "00000000", hex(s, 16, 8));
    }
}
