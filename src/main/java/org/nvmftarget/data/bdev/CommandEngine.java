package org.nvmftarget.data.bdev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.NvmeIoctl;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.ffi.uring.UringException;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.reactor.Reactor;

/** Calls on NVMe drives, each as the command that does it, by a ring of their own ({@code IORING_OP_URING_CMD}). */
final class CommandEngine extends RingEngine {

    private final Ring ring;
    private final MemorySegment command = NvmeIoctl.command(Arena.ofAuto());
    /** What is deallocated, for each entry that can be under way. */
    private final MemorySegment ranges;

    /** On the reactor's thread. */
    CommandEngine(Reactor reactor) throws UringException {
        this(reactor, Ring.openForCommands(ENTRIES, COMPLETIONS, FILE_SLOTS));
    }

    private CommandEngine(Reactor reactor, Ring ring) {
        super(reactor, ring);
        this.ring = ring;
        ranges = Arena.ofAuto().allocate((long) ring.completions() * DsmRange.BYTES, DsmRange.BYTES);
    }

    @Override
    public @Nullable String refusesCommands() {
        return null;
    }

    @Override
    void submit(DiskCall call, int file, int id) {
        DriveCommand.encode(command, call, drive(call), ranges, (long) id * DsmRange.BYTES);
        ring.command(file, NvmeIoctl.URING_CMD_IO, command, id);
    }

    private static NvmeDrive drive(DiskCall call) {
        NvmeDrive drive = call.disk().drive();
        if (drive == null) {
            throw call.onNoDrive();
        }
        return drive;
    }

    /** A command does all that it was to do, or nothing is known of what it did. */
    @Override
    void ended(DiskCall call, int result) {
        if (result > 0) {
            call.refused(result);
        } else {
            call.done(result == 0 ? (int) call.lengthBytes() : result);
        }
    }

    @Override
    int descriptor(OpenDisk disk) {
        NvmeDrive drive = disk.drive();
        return drive == null ? -1 : drive.fd();
    }
}
