package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.data.ffi.libc.Epoll;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.Reactor;

/** A reactor that awaits a disk sleeps in its ring. The disk is an eventfd: reading it lasts until the test writes to it. */
@Timeout(60)
class SleepInARingTest {

    private static final int ROUNDS = 500;

    private final MemorySegment memory = Arena.ofAuto().allocate(4096, 4096);
    private final MemorySegment one = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, 1L);
    private final int event = Epoll.eventfd(0, Epoll.EFD_CLOEXEC);
    private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
    private final DiskCall read = new DiskCall() {
        @Override
        void done(int bytesOrErrno) {
            ended.add(bytesOrErrno);
        }

        @Override
        void refused(int status) {
            throw new IllegalStateException("no drive");
        }
    };
    private EngineRig<UringEngine> rig;
    private EpollReactor reactor;
    private UringEngine engine;

    @BeforeEach
    void open() throws Exception {
        rig = EngineRig.open(UringEngine::new);
        reactor = rig.reactor;
        engine = rig.engine;
        FileStatus status = ((FileStatus.Result.Found) FileStatus.of(event)).status();
        read.on(new OpenDisk(event, 0, status, new DiskShape(512, true, 4, ""), 1, null));
        read.call(DiskCall.Kind.READ, memory.address(), Long.BYTES, 0, 0);
    }

    @AfterEach
    void close() throws Exception {
        if (rig != null) {
            rig.close();
        }
        Posix.close(event);
    }

    private void startReading() throws Exception {
        reactor.execute(() -> engine.start(read));
        while (!rig.on(engine::awaitsDescriptor)) {
            Thread.onSpinWait();
        }
    }

    private void write(int fd) {
        assertEquals(Long.BYTES, Posix.write(fd, one.address(), Long.BYTES));
    }

    private int ended() throws Exception {
        Integer result = ended.poll(30, TimeUnit.SECONDS);
        assertTrue(result != null, "the read ends");
        return result;
    }

    @Test
    void aCompletionEndsIt() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            startReading();
            write(event);
            assertEquals(Long.BYTES, ended());
        }
    }

    @Test
    void messagesDescriptorsAndTimersEndIt() throws Exception {
        int other = Epoll.eventfd(0, Epoll.EFD_CLOEXEC | Epoll.EFD_NONBLOCK);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        rig.on(() -> {
            reactor.watch(other, Reactor.READABLE, _ -> {
                Posix.read(other, memory.address(), Long.BYTES);
                seen.add("descriptor");
            });
            return 0;
        });
        startReading();
        for (int i = 0; i < ROUNDS; i++) {
            rig.on(() -> 0);
            write(other);
            assertEquals("descriptor", seen.poll(30, TimeUnit.SECONDS));
            reactor.execute(() -> reactor.schedule(200_000, () -> seen.add("timer")));
            assertEquals("timer", seen.poll(30, TimeUnit.SECONDS));
        }
        assertTrue(ended.isEmpty());
        write(event);
        assertEquals(Long.BYTES, ended());
        rig.on(() -> {
            reactor.unwatch(other);
            return 0;
        });
        Posix.close(other);
    }

    @Test
    void withoutAnythingUnderWayItIsNotSleptIn() throws Exception {
        assertFalse(rig.on(() -> engine.sleep(event, 0)));
        assertFalse(rig.on(engine::awaitsDescriptor));
    }

    @Test
    void aReactorSleepsInOneRingAlone() throws Exception {
        UringEngine second = rig.on(() -> new UringEngine(reactor));
        assertFalse(rig.on(() -> reactor.sleepBy(second)));
        rig.on(() -> {
            second.close();
            return 0;
        });
        startReading();
        write(event);
        assertEquals(Long.BYTES, ended());
    }
}
