package org.nvmftarget.data.bdev;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.bdev.DiskCall.Kind;
import org.nvmftarget.data.drive.DriveFacts;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.NvmeIoctl;

/** The bytes of each command, as NVM Command Set 1.0, section 3.2, has them, in Linux's structure. */
class DriveCommandTest {

    private static final long LBA = 0x1_2345_6789L;
    private static final int PUNCH = DiskFiles.FALLOC_FL_PUNCH_HOLE | DiskFiles.FALLOC_FL_KEEP_SIZE;

    private final MemorySegment command = NvmeIoctl.command(Arena.ofAuto());
    private final MemorySegment ranges = Arena.ofAuto().allocate(64, 16);

    private static final class Call extends DiskCall {
        @Override
        void done(int bytesOrErrno) {
            throw new AssertionError("nobody carries it out");
        }

        @Override
        void refused(int status) {
            throw new AssertionError("nobody carries it out");
        }
    }

    private void encode(DriveFacts facts, Kind kind, long offset, long length, int mode) {
        Call call = new Call();
        call.call(kind, 0x7000_1000L, length, offset, mode);
        DriveCommand.encode(command, call, Drives.drive(facts), ranges, 32);
    }

    private String dwords(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int at = from; at < to; at += Integer.BYTES) {
            text.append(text.isEmpty() ? "" : " ").append("%08x".formatted(command.get(JAVA_INT, at)));
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "READ, 02, 00000007",
        "WRITE, 01, 00000007",
        "WRITE_STABLE, 01, 40000007",
        "COMPARE, 05, 00000007",
    })
    void shouldMoveBlocks(Kind kind, String opcode, String dword12) {
        encode(Drives.able(), kind, LBA << 9, 4096, 0);
        assertEquals("000000" + opcode + " 00000003 00000000 00000000", dwords(0, 16));
        assertEquals(0, command.get(JAVA_LONG, 16), "no metadata");
        assertEquals(0x7000_1000L, command.get(JAVA_LONG, 24), "address");
        assertEquals("00000000 00001000", dwords(32, 40), "lengths of metadata and data");
        assertEquals("23456789 00000001 " + dword12 + " 00000000 00000000 00000000", dwords(40, 64));
        assertEquals("00000000 00000000", dwords(64, 72), "timeout, reserved");
    }

    @ParameterizedTest
    @CsvSource({"VERIFY, 0, 0c, 00000007", "FALLOCATE, 17, 08, 00000007", "FALLOCATE, 3, 08, 02000007"})
    void shouldNameBlocksWithoutData(Kind kind, int mode, String opcode, String dword12) {
        encode(Drives.able(), Kind.READ, 0, 512, 0); // what it leaves must be gone
        encode(Drives.able(), kind, LBA << 9, 4096, mode);
        assertEquals("000000" + opcode + " 00000003", dwords(0, 8));
        assertEquals(
                "0".repeat(32), HexFormat.of().formatHex(command.asSlice(24, 16).toArray(JAVA_BYTE)));
        assertEquals("23456789 00000001 " + dword12, dwords(40, 52));
    }

    @Test
    void shouldFlushWithoutBlocks() {
        encode(Drives.able(), Kind.WRITE_STABLE, LBA << 9, 4096, 0);
        encode(Drives.able(), Kind.DATASYNC, 0, 0, 0);
        assertEquals("00000000 00000003", dwords(0, 8));
        assertEquals("00000000 00000000 00000000 00000000", dwords(24, 40), "no data");
        assertEquals("00000000 00000000 00000000", dwords(40, 52));
    }

    @Test
    void shouldDeallocateARangeOfItsOwn() {
        encode(Drives.able(), Kind.DEALLOCATE, LBA << 9, 8192, 0);
        assertEquals("00000009 00000003", dwords(0, 8));
        assertEquals(ranges.address() + 32, command.get(JAVA_LONG, 24));
        assertEquals("00000000 00000010", dwords(32, 40));
        assertEquals("00000000 00000004 00000000", dwords(40, 52), "one range, deallocate");
        assertEquals(
                "00000000" + "10000000" + "8967452301000000",
                HexFormat.of().formatHex(ranges.asSlice(32, 16).toArray(JAVA_BYTE)));
    }

    @Test
    void shouldLetNothingPassThatIsNotWholeBlocksOfTheDrive() {
        for (long[] bad : new long[][] {{0, 0}, {0, 100}, {100, 512}, {-512, 512}, {0, Drives.TRANSFER_BYTES + 512}}) {
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> encode(Drives.able(), Kind.READ, bad[0], bad[1], 0),
                    () -> bad[1] + " bytes at " + bad[0]);
        }
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> encode(Drives.able(), Kind.FALLOCATE, 0, Drives.ZEROED_BYTES + 512, PUNCH));
    }
}
