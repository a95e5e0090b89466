package org.nvmftarget.data.bdev;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.reactor.Reactor;

/**
 * A ring of io_uring that belongs to one reactor. What a turn of the reactor starts goes to the kernel in one call; what
 * is done is read from memory; and no call is made where there is neither. A reactor sleeps in the first ring that it
 * has, which wakes it by a completion, and by a descriptor that it awaits as one; while it sleeps, and only then,
 * completions of another ring write to a descriptor.
 */
abstract class RingEngine implements DiskEngine, Reactor.Sleeper {

    static final int ENTRIES = 256;
    static final int COMPLETIONS = 4096;
    static final int FILE_SLOTS = 1024;
    private static final int COMPLETIONS_PER_TURN = 256;

    /** No call's number: what is awaited is a descriptor. */
    private static final int DESCRIPTOR = -1;

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
    private final boolean isSleptIn;
    private boolean awaitsDescriptor;
    private boolean sawDescriptor;

    /**
     * On the reactor's thread.
     *
     * @param pieceBytes the most that is registered of its memory under one number
     */
    RingEngine(Reactor reactor, Ring ring, long pieceBytes) {
        this.reactor = reactor;
        this.ring = ring;
        memory = new RegisteredMemory(ring, pieceBytes);
        underWay = new DiskCall[ring.completions()];
        free = new int[ring.completions()];
        Arrays.setAll(free, i -> i);
        freeCount = free.length;
        registered = new boolean[ring.fileSlots()];
        isSleptIn = ring.canSleep() && reactor.sleepBy(this);
        reactor.watch(ring.eventFd(), Reactor.READABLE, events -> ring.drainEvents());
        reactor.dataMemory().follow(memory);
    }

    /**
     * Puts an entry into the ring, which has room for it.
     *
     * @param file a descriptor, or the negated slot minus one
     */
    abstract void submit(DiskCall call, int file, int id);

    /** What the kernel says of a call: 0 or more, or a negated errno. */
    abstract void ended(DiskCall call, int result);

    /** What of {@code disk} the calls are on; below zero for nothing. */
    abstract int descriptor(OpenDisk disk);

    /** The number under which a call's memory is registered, or {@link RegisteredMemory#NONE}. */
    final int registeredSlot(DiskCall call) {
        return memory.slotOf(call.address(), call.lengthBytes());
    }

    /** No memory is registered any more; returns whether some was. */
    final boolean forgetMemory() {
        boolean had = !memory.isEmpty();
        reactor.dataMemory().unfollow(memory);
        memory.clear();
        return had;
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
        submit(call, file(call.disk()), id);
        return true;
    }

    private int file(OpenDisk disk) {
        int slot = disk.slot();
        return slot < registered.length && registered[slot] ? -slot - 1 : descriptor(disk);
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
            work++;
            if (id == DESCRIPTOR) {
                awaitsDescriptor = false;
                sawDescriptor = true;
                continue;
            }
            DiskCall call = underWay[id];
            underWay[id] = null;
            free[freeCount] = id;
            freeCount++;
            if (call != null) {
                ended(call, result);
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
        if (isSleptIn) {
            return ring.isAtRest();
        }
        loud = true;
        return ring.loud();
    }

    @Override
    public boolean sleep(int descriptor, long timeoutNs) {
        if (!awaitsDescriptor) {
            if (!isBusy()) {
                return false;
            }
            if (!ring.hasRoom()) {
                return true; // the next turn makes some
            }
            ring.readable(descriptor, DESCRIPTOR);
            awaitsDescriptor = true;
        }
        ring.sleep(timeoutNs); // whatever ends it, the next turn looks
        return true;
    }

    @Override
    public boolean isBusy() {
        return freeCount < underWay.length;
    }

    @Override
    public boolean awaitsDescriptor() {
        return awaitsDescriptor;
    }

    @Override
    public boolean sawDescriptor() {
        boolean saw = sawDescriptor;
        sawDescriptor = false;
        return saw;
    }

    @Override
    public void attach(OpenDisk disk) {
        if (disk.slot() < registered.length && descriptor(disk) >= 0) {
            registered[disk.slot()] = ring.registerFile(disk.slot(), descriptor(disk)) == 0;
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
        if (isSleptIn) {
            reactor.sleepBy(null);
        }
        reactor.dataMemory().unfollow(memory);
        reactor.unwatch(ring.eventFd());
        ring.close();
    }
}
