package org.nvmftarget.data.bdev;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.ffi.uring.UringException;
import org.nvmftarget.data.reactor.Reactor;

/**
 * Reads, writes and their like by a ring, and commands to NVMe drives by another one beside it, which is made when the
 * first drive is opened.
 */
final class UringEngine extends RingEngine {

    private final Reactor reactor;
    private final Ring ring;
    private @Nullable CommandEngine commands;

    /** On the reactor's thread. */
    UringEngine(Reactor reactor) throws UringException {
        this(reactor, Ring.open(ENTRIES, COMPLETIONS, FILE_SLOTS));
    }

    private UringEngine(Reactor reactor, Ring ring) {
        super(reactor, ring, RegisteredMemory.MOST_BYTES);
        this.reactor = reactor;
        this.ring = ring;
    }

    @Override
    public @Nullable String refusesCommands() {
        try {
            if (commands == null) {
                commands = new CommandEngine(reactor);
            }
            return null;
        } catch (UringException refused) {
            return refused.getMessage();
        }
    }

    @Override
    public void start(DiskCall call) {
        CommandEngine other = commands;
        if (other != null && call.disk().drive() != null) {
            other.start(call);
        } else {
            super.start(call);
        }
    }

    @Override
    void submit(DiskCall call, int file, int id) {
        int length = (int) call.lengthBytes();
        switch (call.kind()) {
            case READ -> ring.read(file, call.address(), length, call.offset(), registeredSlot(call), id);
            case WRITE -> ring.write(file, call.address(), length, call.offset(), 0, registeredSlot(call), id);
            case WRITE_STABLE ->
                ring.write(file, call.address(), length, call.offset(), Ring.RWF_DSYNC, registeredSlot(call), id);
            case DATASYNC -> ring.datasync(file, id);
            case FALLOCATE -> ring.fallocate(file, call.mode(), call.offset(), call.lengthBytes(), id);
            case COMPARE, VERIFY, DEALLOCATE -> throw call.onNoDrive();
        }
    }

    @Override
    void ended(DiskCall call, int result) {
        call.done(result);
    }

    @Override
    int descriptor(OpenDisk disk) {
        return disk.drive() == null ? disk.fd() : -1;
    }

    @Override
    public int poll() {
        int work = super.poll();
        CommandEngine other = commands;
        return other == null ? work : work + other.poll();
    }

    @Override
    public boolean arm() {
        boolean armed = super.arm();
        CommandEngine other = commands;
        return other == null ? armed : other.arm() && armed;
    }

    @Override
    public void attach(OpenDisk disk) {
        super.attach(disk);
        if (commands != null) {
            commands.attach(disk);
        }
    }

    @Override
    public void detach(OpenDisk disk) {
        super.detach(disk);
        if (commands != null) {
            commands.detach(disk);
        }
    }

    @Override
    public void close() {
        if (commands != null) {
            commands.close();
        }
        super.close();
    }
}
