package org.nvmftarget.data.bdev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.Reactor;

/**
 * What one reactor has for all disks: the engine that carries out its calls, memory for data that the transports' own
 * cannot hold as the disk wants them, and operations to use again. For that reactor's thread.
 */
final class DiskLane implements Reactor.Poller {

    /** A piece of scratch memory. */
    static final int SCRATCH_BYTES = 128 << 10;

    private static final int SCRATCHES = 16;
    private static final int PAGE_BYTES = 4096;

    private final int index;
    private final DiskEngine engine;
    private final MemorySegment scratch;
    private final Deque<DiskIo> free = new ArrayDeque<>();
    private final Deque<MemorySegment> scratches = new ArrayDeque<>();
    private final Deque<DiskIo> waitingForScratch = new ArrayDeque<>();
    private final Deque<DiskIo> waitingForStripes = new ArrayDeque<>();

    /** @param index of the reactor */
    DiskLane(int index, DiskEngine engine) {
        this.index = index;
        this.engine = engine;
        scratch = Arena.ofAuto().allocate((long) SCRATCHES * SCRATCH_BYTES, PAGE_BYTES);
        for (int i = 0; i < SCRATCHES; i++) {
            scratches.push(scratch.asSlice((long) i * SCRATCH_BYTES, SCRATCH_BYTES));
        }
    }

    int index() {
        return index;
    }

    /** All of the scratch memory. */
    MemorySegment scratch() {
        return scratch;
    }

    DiskEngine engine() {
        return engine;
    }

    void begin(DiskBdev bdev, OpenDisk disk, BdevIo io) {
        DiskIo op = free.poll();
        (op == null ? new DiskIo(this) : op).begin(bdev, disk, io);
    }

    void giveBack(DiskIo op) {
        free.push(op);
    }

    /** Scratch memory, or null: then {@code op} goes on by {@link DiskIo#proceed} when there is some. */
    @Nullable
    MemorySegment takeScratch(DiskIo op) {
        MemorySegment scratch = waitingForScratch.isEmpty() ? scratches.poll() : null;
        if (scratch == null) {
            waitingForScratch.add(op);
        }
        return scratch;
    }

    void giveScratch(MemorySegment scratch) {
        DiskIo next = waitingForScratch.poll();
        if (next == null) {
            scratches.push(scratch);
        } else {
            next.scratchCame(scratch);
        }
    }

    /** {@code op} goes on in a later turn: another has its stripes. */
    void waitForStripes(DiskIo op) {
        waitingForStripes.add(op);
    }

    @Override
    public int poll() {
        int work = engine.poll();
        for (int n = waitingForStripes.size(); n > 0; n--) {
            waitingForStripes.remove().proceed();
        }
        return work;
    }

    @Override
    public boolean arm() {
        return waitingForStripes.isEmpty() && engine.arm();
    }
}
