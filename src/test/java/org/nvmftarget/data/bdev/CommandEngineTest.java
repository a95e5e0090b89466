package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.data.bdev.DiskCall.Kind;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.data.reactor.EpollReactor;

/**
 * Commands by a ring of the kernel, to what stands for a drive: {@code /dev/null}, which ends every command well (since
 * 6.3), and a loop device, which does not know ours and refuses it as a kernel before 6.1 does a slot.
 */
@Timeout(60)
class CommandEngineTest {

    private static final int PAGE = 4096;
    private static final int KNOWN_BYTES = 1 << 20;

    private final MemorySegment known = Arena.ofAuto().allocate(KNOWN_BYTES, PAGE);
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private EngineRig<CommandEngine> rig;
    private EpollReactor reactor;
    private CommandEngine engine;

    @BeforeEach
    void open() throws Exception {
        rig = EngineRig.open(on -> {
            on.dataMemory().add(known);
            return new CommandEngine(on);
        });
        reactor = rig.reactor;
        engine = rig.engine;
    }

    @AfterEach
    void close() throws Exception {
        if (rig != null) {
            rig.close();
        }
    }

    private final class Call extends DiskCall {
        @Override
        void done(int bytesOrErrno) {
            ends.add("%s %d".formatted(kind(), bytesOrErrno));
        }

        @Override
        void refused(int status) {
            ends.add("%s status %x".formatted(kind(), status));
        }
    }

    private Call call(OpenDisk disk, Kind kind, MemorySegment memory) {
        Call call = new Call();
        call.on(disk);
        call.call(kind, memory.address(), memory.byteSize(), 4096, DiskFiles.FALLOC_FL_ZERO_RANGE);
        return call;
    }

    private String ended(Call call) throws Exception {
        reactor.execute(() -> engine.start(call));
        return String.valueOf(ends.poll(30, TimeUnit.SECONDS));
    }

    private static OpenDisk disk(String path) {
        int fd = DiskFiles.open(path, DiskFiles.O_RDWR, 0);
        int drive = DiskFiles.open(path, DiskFiles.O_RDWR, 0);
        assertTrue(fd >= 0 && drive >= 0);
        FileStatus status = ((FileStatus.Result.Found) FileStatus.of(fd)).status();
        return new OpenDisk(fd, 0, status, new DiskShape(512, true, 4, ""), 1, new NvmeDrive(drive, Drives.able()));
    }

    @Test
    void everyCommandEndsWithAllThatWasAskedFor() throws Exception {
        OpenDisk disk = disk("/dev/null");
        reactor.execute(() -> engine.attach(disk));
        String first = ended(call(disk, Kind.READ, known.asSlice(0, PAGE)));
        assumeTrue(!first.equals("READ " + -Errno.EOPNOTSUPP), "this kernel's /dev/null takes no commands");
        assertEquals("READ 4096", first);
        for (Kind kind : Kind.values()) {
            Call call = call(disk, kind, known.asSlice(PAGE, 2 * PAGE));
            boolean hasData =
                    kind == Kind.READ || kind == Kind.WRITE || kind == Kind.WRITE_STABLE || kind == Kind.COMPARE;
            assertEquals(kind + " 8192", ended(call));
            assertEquals(hasData, call.isRegistered(), kind::toString);
        }
        disk.close();
    }

    @Test
    void onlyMemoryThatIsWithinOnePieceIsNamedByItsSlot() throws Exception {
        OpenDisk disk = disk("/dev/null");
        int quarter = KNOWN_BYTES / 4;
        MemorySegment unknown = Arena.ofAuto().allocate(PAGE, PAGE);
        int first = rig.on(() -> engine.slotOf(call(disk, Kind.READ, known.asSlice(0, PAGE))));
        assertNotEquals(RegisteredMemory.NONE, first);
        assertEquals(first, rig.on(() -> engine.slotOf(call(disk, Kind.WRITE, known.asSlice(quarter - PAGE, PAGE)))));
        assertNotEquals(first, rig.on(() -> engine.slotOf(call(disk, Kind.WRITE, known.asSlice(quarter, PAGE)))));
        assertEquals(
                RegisteredMemory.NONE,
                rig.on(() -> engine.slotOf(call(disk, Kind.READ, known.asSlice(quarter - 512, 1024)))));
        assertEquals(RegisteredMemory.NONE, rig.on(() -> engine.slotOf(call(disk, Kind.READ, unknown))));
        assertEquals(
                RegisteredMemory.NONE, rig.on(() -> engine.slotOf(call(disk, Kind.VERIFY, known.asSlice(0, PAGE)))));
        rig.on(() -> {
            reactor.dataMemory().remove(known);
            return 0;
        });
        assertEquals(RegisteredMemory.NONE, rig.on(() -> engine.slotOf(call(disk, Kind.READ, known.asSlice(0, PAGE)))));
        disk.close();
    }

    @Test
    void aKernelThatRefusesSlotsIsAskedAgainWithoutThem() throws Exception {
        try (LoopDevice loop = LoopDevice.attach(1 << 20, 512)) {
            assumeTrue(!loop.path().isEmpty(), "no loop device is to be had");
            OpenDisk disk = disk(loop.path());
            Call call = call(disk, Kind.WRITE, known.asSlice(0, PAGE));
            assertNotEquals(RegisteredMemory.NONE, rig.on(() -> engine.slotOf(call)));
            String end = ended(call);
            disk.close();
            assumeTrue(!end.equals("WRITE " + -Errno.EOPNOTSUPP), "this kernel's block devices take no commands");
            assertEquals("WRITE " + -Errno.EINVAL, end, "what it says of the command itself");
            assertEquals(false, call.isRegistered(), "it was asked again");
            assertEquals(RegisteredMemory.NONE, rig.on(() -> engine.slotOf(call)), "no slot is named from now on");
            assertEquals(null, ends.poll(), "it ends once");
        }
    }
}
