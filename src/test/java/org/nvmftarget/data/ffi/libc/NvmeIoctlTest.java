package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvmeIoctlTest {

    private static String bytes(MemorySegment command, int from, int to) {
        return HexFormat.of().formatHex(command.asSlice(from, to - from).toArray(JAVA_BYTE));
    }

    @Test
    void shouldPutFieldsWhereTheKernelLooksForThem() {
        MemorySegment command = NvmeIoctl.command(Arena.ofAuto());
        NvmeIoctl.encode(command, 0x01, 0x0A0B0C0D, 0x11121314, 0x21222324, 0x31323334);
        NvmeIoctl.data(command, 0x4142434445464748L, 0x51525354);
        assertEquals(NvmeIoctl.COMMAND_BYTES, command.byteSize());
        assertEquals("010000000d0c0b0a", bytes(command, 0, 8), "opcode and namespace");
        assertEquals("00".repeat(16), bytes(command, 8, 24), "no metadata");
        assertEquals("4847464544434241", bytes(command, 24, 32), "address");
        assertEquals("0000000054535251", bytes(command, 32, 40), "length");
        assertEquals("141312112423222134333231", bytes(command, 40, 52), "dwords 10 to 12");
        assertEquals("00".repeat(20), bytes(command, 52, 72));
    }

    @Test
    void shouldNumberItsRequestsAsTheKernelDoes() {
        // _IOC: direction 31:30, size 29:16, letter 15:8, number 7:0
        int bothWays = 3 << 30 | NvmeIoctl.COMMAND_BYTES << 16 | 'N' << 8;
        assertEquals(bothWays | 0x80, NvmeIoctl.URING_CMD_IO);
        assertEquals(Integer.toUnsignedLong(bothWays | 0x41), NvmeIoctl.ADMIN_CMD);
        assertEquals('N' << 8 | 0x40, NvmeIoctl.ID);
    }

    @Test
    void shouldTellThatAFileIsNoDrive(@TempDir Path folder) {
        int fd = DiskFiles.open(folder.resolve("file").toString(), DiskFiles.O_RDWR | DiskFiles.O_CREAT, 0600);
        assertTrue(fd >= 0);
        assertTrue(NvmeIoctl.namespaceId(fd) < 0);
        assertTrue(NvmeIoctl.admin(fd, NvmeIoctl.command(Arena.ofAuto())) < 0);
        Posix.close(fd);
    }
}
