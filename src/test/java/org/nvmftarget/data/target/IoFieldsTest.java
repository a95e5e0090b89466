package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.target.TestTarget.BLOCK;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Step;

/** Every field of an I/O command that can be wrong, its status, and what the error log says of it. */
class IoFieldsTest {

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();
    private final TestQueue io = t.io(admin, 1, 1);

    private void assertError(TestRequest r, int status, int byteOffset, int bit, long lba, int nsid) {
        assertEquals(hex(status), hex(r.status()));
        MemorySegment log = admin.read(Sq.log(LogPage.ERROR, 64, 0, true), 64).page();
        assertEquals(1, Wire.u64(log, 0), "error count");
        assertEquals(1, Wire.u16(log, 8), "queue");
        assertEquals(Sqe.cid(r.sqe), Wire.u16(log, 10), "command");
        assertEquals(status << 1, Wire.u16(log, 12), "status field");
        assertEquals(hex(byteOffset | bit << 8), hex(Wire.u16(log, 14)), "parameter error location");
        assertEquals(lba, Wire.u64(log, 16), "LBA");
        assertEquals(nsid, Wire.u32(log, 24), "namespace");
    }

    private static String hex(int value) {
        return Integer.toHexString(value);
    }

    // Namespace 1 has 1024 blocks of 512 bytes. The LBA is 3 where the row does not say otherwise.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "read: reserved 16,             02, 1, 3, 00010000, 512,    4002, 50, 0",
        "read: reserved 19,             02, 1, 3, 00080000, 512,    4002, 50, 3",
        "read: reserved 20,             02, 1, 3, 00100000, 512,    4002, 50, 4",
        "read: reserved 25,             02, 1, 3, 02000000, 512,    4002, 51, 1",
        "read: beyond the end,          02, 1, 1024, 0, 512,        4080, 40, 0",
        "read: across the end,          02, 1, 1023, 1, 1024,       4080, 40, 0",
        "read: no LBA at all,           02, 1, -1, 0, 512,          4080, 40, 0",
        "read: SGL too short,           02, 1, 3, 1, 512,           400f, 24, 0",
        "read: SGL too long,            02, 1, 3, 0, 1024,          400f, 24, 0",
        "read: more than MDTS,          02, 1, 3, 100, 131584,      4002, 24, 0",
        "read: SGL of 4 GiB less one,   02, 1, 3, 0, -1,            4002, 24, 0",
        "read: nsid 0,                  02, 0, 3, 0, 512,           400b, 4, 0",
        "read: inactive nsid,           02, 2, 3, 0, 512,           400b, 4, 0",
        "read: broadcast,               02, -1, 3, 0, 512,          400b, 4, 0",
        "write: DTYPE streams,          01, 1, 3, 00100000, 512,    4002, 50, 4",
        "write: beyond the end,         01, 1, 1024, 0, 512,        4080, 40, 0",
        "write: SGL too short,          01, 1, 3, 7, 512,           400f, 24, 0",
        "compare: reserved 25,          05, 1, 3, 02000000, 512,    4002, 51, 1",
        "compare: beyond the end,       05, 1, 1020, 4, 2560,       4080, 40, 0",
        "compare: SGL too long,         05, 1, 3, 0, 1024,          400f, 24, 0",
        "write zeroes: DTYPE,           08, 1, 3, 00100000, 0,      4002, 50, 4",
        "write zeroes: reserved 16,     08, 1, 3, 00010000, 0,      4002, 50, 0",
        "write zeroes: beyond the end,  08, 1, 1000, 18, 0,         4080, 40, 0",
        "uncorrectable: FUA is reserved,04, 1, 3, 40000000, 0,      4002, 51, 6",
        "uncorrectable: LR is reserved, 04, 1, 3, 80000000, 0,      4002, 51, 7",
        "uncorrectable: 26 is reserved, 04, 1, 3, 04000000, 0,      4002, 51, 2",
        "uncorrectable: beyond the end, 04, 1, 1024, 0, 0,          4080, 40, 0",
        "verify: PRACT,                 0c, 1, 3, 20000000, 0,      4002, 51, 5",
        "verify: DTYPE is reserved,     0c, 1, 3, 00f00000, 0,      4002, 50, 4",
        "verify: beyond the end,        0c, 1, 0, 400, 0,           4080, 40, 0",
        "copy: DTYPE,                   19, 1, 3, 00200000, 32,     4002, 50, 5",
        "copy: format 2,                19, 1, 3, 00000200, 32,     4002, 49, 0",
        "copy: one range in an SGL of 2,19, 1, 3, 0, 64,            400f, 24, 0",
        "copy: format 1 has 40 bytes,   19, 1, 3, 00000100, 32,     400f, 24, 0",
        "copy: to beyond the end,       19, 1, 1024, 0, 32,         4080, 40, 0",
    })
    void aWrongFieldIsRefused(
            String what,
            String opcode,
            int nsid,
            long lba,
            String cdw12,
            int sglBytes,
            String status,
            int at,
            int bit) {
        int code = Integer.parseInt(opcode, 16);
        MemorySegment sqe = Sq.io(code, nsid, lba, 1);
        Wire.putU32(sqe, Sqe.CDW12, HexFormat.fromHexDigits(cdw12));
        TestRequest r = io.send(sqe, new byte[Math.max(0, sglBytes)], sglBytes, 0);
        assertError(r, Integer.parseInt(status, 16), at, bit, lba, nsid);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "0 ranges' bytes, 0, 0",
        "too few bytes, 1, 16",
        "more than 256 ranges' bytes, 0, 4112",
    })
    void datasetManagementHasBytesForItsRanges(String what, int cdw10, int sglBytes) {
        TestRequest r = io.send(Sq.admin(Opcode.DATASET_MANAGEMENT, 1, cdw10, 4), new byte[sglBytes], sglBytes, 0);
        assertError(r, 0x400F, 24, 0, 0, 1);
    }

    @Test
    void opcodesThatAreNotDefinedAreRefused() {
        assertError(io.send(Sq.command(0x55, 1)), 0x4001, 0, 0, 0, 1);
    }

    @Test
    void limitedRetryAndForceUnitAccessAreTaken() {
        for (int opcode : new int[] {Opcode.READ, Opcode.WRITE, Opcode.COMPARE}) {
            MemorySegment sqe = Sq.io(opcode, 1, 0, 1);
            Wire.putU32(sqe, Sqe.CDW12, 3 << 30);
            assertEquals(0, io.send(sqe, new byte[BLOCK], BLOCK, 0).status());
        }
        for (int opcode : new int[] {Opcode.WRITE_ZEROES, Opcode.VERIFY}) {
            MemorySegment sqe = Sq.io(opcode, 1, 0, 1);
            Wire.putU32(sqe, Sqe.CDW12, 3 << 30);
            assertEquals(0, io.send(sqe).status());
        }
    }

    @Test
    void dwordsThatNeedNotBeLookedAtAreNot() {
        MemorySegment sqe = Sq.io(Opcode.READ, 1, 0, 1);
        for (long at : new long[] {Sqe.CDW2, Sqe.CDW3, Sqe.MPTR, Sqe.CDW13, Sqe.CDW14, Sqe.CDW15}) {
            Wire.putU32(sqe, at, -1);
        }
        assertEquals(0, io.read(sqe, BLOCK).status());
    }

    /** The namespace has none (NVM Command Set 1.0, figures 9 and 10); PRACT of Verify alone is an error. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "read: PRINFO and STC,          02, 3d000000, 512",
        "write: PRINFO and STC,         01, 3d000000, 512",
        "compare: PRINFO and STC,       05, 3d000000, 512",
        "write zeroes: PRINFO and STC,  08, 3d000000, 0",
        "verify: PRCHK and STC,         0c, 1d000000, 0",
        "copy: PRINFOW STCR and STCW,   19, 3f000000, 32",
        "copy: PRINFOR,                 19, 0000f000, 32",
    })
    void whatIsSaidOfProtectionInformationIsIgnored(String what, String opcode, String cdw12, int sglBytes) {
        MemorySegment sqe = Sq.io(Integer.parseInt(opcode, 16), 1, 3, 1);
        Wire.putU32(sqe, Sqe.CDW12, HexFormat.fromHexDigits(cdw12));
        TestRequest r = io.send(sqe, new byte[sglBytes], sglBytes, 0);
        t.settle();
        assertEquals(hex(0), hex(r.status()), what);
    }

    /** Blocks of 32 KiB make 65,536 of them 2 GiB: more than VSL, WZSL and WUSL, which are recommendations. */
    @ParameterizedTest(name = "opcode {0}")
    @ValueSource(ints = {Opcode.VERIFY, Opcode.WRITE_ZEROES, Opcode.WRITE_UNCORRECTABLE})
    void operationsWithoutDataAreAsLargeAsTheirFieldSays(int opcode) {
        t.done(new Step.CreateBdev(
                new org.nvmftarget.model.BdevSpec.Malloc("huge", 1L << 32, 1 << 15, new java.util.UUID(3, 4))));
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(2, "huge")));
        TestRequest r = io.send(Sq.io(opcode, 2, 5, 65_536));
        t.settle();
        assertEquals(hex(0), hex(r.status()));
    }
}
