package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.data.bdev.DiskCall.Kind;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.ffi.uring.UringException;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorOptions;

/**
 * Commands by a ring of the kernel, to what stands for a drive: {@code /dev/null}, which ends every command well (since
 * 6.3), and a loop device, which does not know ours and refuses it as a kernel before 6.1 does a slot.
 */
@Timeout(60)
class CommandEngineTest {

    private static final int PAGE = 4096;
    private static final int KNOWN_BYTES = 1 << 20;

    private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
    private final EpollReactor reactor =
            EpollReactor.start(ReactorOptions.of("commands", (_, thrown) -> fatal.set(thrown)));
    private final MemorySegment known = Arena.ofAuto().allocate(KNOWN_BYTES, PAGE);
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final Reactor.Poller poller = new Reactor.Poller() {
        @Override
        public int poll() {
            return engine.poll();
        }

        @Override
        public boolean arm() {
            return engine.arm();
        }
    };
    private CommandEngine engine;

    @BeforeEach
    void open() throws Exception {
        reactor.execute(() -> reactor.dataMemory().add(known));
        try {
            engine = on(() -> new CommandEngine(reactor));
        } catch (UringException refused) {
            boolean forbidden = Ring.isForbidden(refused.errno()) || refused.errno() == Errno.EINVAL;
            assumeTrue(!forbidden, refused.getMessage());
            throw refused;
        }
        reactor.execute(() -> reactor.addPoller(poller));
    }

    @AfterEach
    void close() throws Exception {
        if (engine != null) {
            on(() -> {
                reactor.removePoller(poller);
                engine.close();
                return 0;
            });
        }
        reactor.close();
        assertEquals(null, fatal.get());
    }

    private <T> T on(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        reactor.execute(future);
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException failed) {
            throw failed.getCause() instanceof UringException refused ? refused : failed;
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
        int first = on(() -> engine.slotOf(call(disk, Kind.READ, known.asSlice(0, PAGE))));
        assertNotEquals(RegisteredMemory.NONE, first);
        assertEquals(first, on(() -> engine.slotOf(call(disk, Kind.WRITE, known.asSlice(quarter - PAGE, PAGE)))));
        assertNotEquals(first, on(() -> engine.slotOf(call(disk, Kind.WRITE, known.asSlice(quarter, PAGE)))));
        assertEquals(
                RegisteredMemory.NONE,
                on(() -> engine.slotOf(call(disk, Kind.READ, known.asSlice(quarter - 512, 1024)))));
        assertEquals(RegisteredMemory.NONE, on(() -> engine.slotOf(call(disk, Kind.READ, unknown))));
        assertEquals(RegisteredMemory.NONE, on(() -> engine.slotOf(call(disk, Kind.VERIFY, known.asSlice(0, PAGE)))));
        on(() -> {
            reactor.dataMemory().remove(known);
            return 0;
        });
        assertEquals(RegisteredMemory.NONE, on(() -> engine.slotOf(call(disk, Kind.READ, known.asSlice(0, PAGE)))));
        disk.close();
    }

    @Test
    void aKernelThatRefusesSlotsIsAskedAgainWithoutThem() throws Exception {
        try (LoopDevice loop = LoopDevice.attach(1 << 20, 512)) {
            assumeTrue(!loop.path().isEmpty(), "no loop device is to be had");
            OpenDisk disk = disk(loop.path());
            Call call = call(disk, Kind.WRITE, known.asSlice(0, PAGE));
            assertNotEquals(RegisteredMemory.NONE, on(() -> engine.slotOf(call)));
            String end = ended(call);
            disk.close();
            assumeTrue(!end.equals("WRITE " + -Errno.EOPNOTSUPP), "this kernel's block devices take no commands");
            assertEquals("WRITE " + -Errno.EINVAL, end, "what it says of the command itself");
            assertEquals(false, call.isRegistered(), "it was asked again");
            assertEquals(RegisteredMemory.NONE, on(() -> engine.slotOf(call)), "no slot is named from now on");
            assertEquals(null, ends.poll(), "it ends once");
        }
    }
}
