package org.nvmftarget.data.bdev;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.ffi.uring.UringException;
import org.nvmftarget.data.reactor.Reactor;

/**
 * A ring of io_uring that belongs to one reactor. What a turn of the reactor starts goes to the kernel in one call; what
 * is done is read from memory; and no call is made where there is neither. While the reactor sleeps, and only then,
 * completions write to a descriptor that wakes it.
 */
final class UringEngine implements DiskEngine {

    private static final int ENTRIES = 256;
    private static final int COMPLETIONS = 4096;
    private static final int FILE_SLOTS = 1024;
    private static final int COMPLETIONS_PER_TURN = 256;

    private final Reactor reactor;
    private final Ring ring;
    private final RegisteredMemory memory;
    private final @Nullable DiskCall[] underWay;
    private final int[] free;
    /** By slot of {@link OpenDisk#slot}. */
    private final boolean[] registered;

    private final Deque<DiskCall> waiting = new ArrayDeque<>();
    private int freeCount;
    private boolean loud;

    /** On the reactor's thread. */
    UringEngine(Reactor reactor) throws UringException {
        this.reactor = reactor;
        ring = Ring.open(ENTRIES, COMPLETIONS, FILE_SLOTS);
        memory = new RegisteredMemory(ring);
        reactor.dataMemory().follow(memory);
        underWay = new DiskCall[ring.completions()];
        free = new int[ring.completions()];
        Arrays.setAll(free, i -> i);
        freeCount = free.length;
        registered = new boolean[ring.fileSlots()];
        reactor.watch(ring.eventFd(), Reactor.READABLE, events -> ring.drainEvents());
    }

    @Override
    public void start(DiskCall call) {
        if (!waiting.isEmpty() || !put(call)) {
            waiting.add(call);
        }
    }

    /** False if there is no room now. */
    private boolean put(DiskCall call) {
        if (freeCount == 0) {
            return false;
        }
        if (!ring.hasRoom()) {
            ring.enter(); // an error leaves no room, and it goes on in the next turn
            if (!ring.hasRoom()) {
                return false;
            }
        }
        freeCount--;
        int id = free[freeCount];
        underWay[id] = call;
        submit(call, id);
        return true;
    }

    private void submit(DiskCall call, int id) {
        OpenDisk disk = call.disk();
        int slot = disk.slot();
        int file = slot < registered.length && registered[slot] ? -slot - 1 : disk.fd();
        int length = (int) call.lengthBytes();
        switch (call.kind()) {
            case READ -> ring.read(file, call.address(), length, call.offset(), slotOf(call), id);
            case WRITE -> ring.write(file, call.address(), length, call.offset(), 0, slotOf(call), id);
            case WRITE_STABLE ->
                ring.write(file, call.address(), length, call.offset(), Ring.RWF_DSYNC, slotOf(call), id);
            case DATASYNC -> ring.datasync(file, id);
            case FALLOCATE -> ring.fallocate(file, call.mode(), call.offset(), call.lengthBytes(), id);
        }
    }

    private int slotOf(DiskCall call) {
        return memory.slotOf(call.address(), call.lengthBytes());
    }

    @Override
    public int poll() {
        if (loud) {
            loud = false;
            ring.quiet();
        }
        int work = ring.unsubmitted();
        ring.enter(); // where it cannot now (EAGAIN, EBUSY, EINTR), it will in the next turn
        for (int n = 0; n < COMPLETIONS_PER_TURN && ring.hasCompletion(); n++) {
            int id = (int) ring.userData();
            int result = ring.result();
            ring.advance();
            DiskCall call = underWay[id];
            underWay[id] = null;
            free[freeCount] = id;
            freeCount++;
            work++;
            if (call != null) {
                call.done(result);
            }
        }
        while (!waiting.isEmpty() && put(waiting.peek())) {
            waiting.poll();
            work++;
        }
        return work;
    }

    @Override
    public boolean arm() {
        if (!waiting.isEmpty()) {
            return false;
        }
        loud = true;
        return ring.loud();
    }

    @Override
    public void attach(OpenDisk disk) {
        if (disk.slot() < registered.length) {
            registered[disk.slot()] = ring.registerFile(disk.slot(), disk.fd()) == 0;
        }
    }

    @Override
    public void detach(OpenDisk disk) {
        if (disk.slot() < registered.length && registered[disk.slot()]) {
            registered[disk.slot()] = false;
            ring.registerFile(disk.slot(), -1);
        }
    }

    @Override
    public void close() {
        reactor.dataMemory().unfollow(memory);
        reactor.unwatch(ring.eventFd());
        ring.close();
    }
}
