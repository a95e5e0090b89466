package org.nvmftarget.data.bdev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.NvmeIoctl;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.ffi.uring.UringException;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls on NVMe drives, each as the command that does it, by a ring of their own ({@code IORING_OP_URING_CMD}). */
final class CommandEngine extends RingEngine {

    private static final Logger LOG = LoggerFactory.getLogger(CommandEngine.class);

    /**
     * Of registered memory. From where a command's data begin to the end of the piece there must be no more pages than the
     * drive takes segments: before 6.13 Linux counts those that the command does not use, too, and a drive takes 127.
     */
    private static final long PIECE_BYTES = 256 << 10;

    private final Ring ring;
    private final MemorySegment command = NvmeIoctl.command(Arena.ofAuto());
    /** What is deallocated, for each entry that can be under way. */
    private final MemorySegment ranges;

    /** On the reactor's thread. */
    CommandEngine(Reactor reactor) throws UringException {
        this(reactor, Ring.openForCommands(ENTRIES, COMPLETIONS, FILE_SLOTS));
    }

    private CommandEngine(Reactor reactor, Ring ring) {
        super(reactor, ring, PIECE_BYTES);
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
        int slot = slotOf(call);
        call.registered(slot != RegisteredMemory.NONE);
        ring.command(file, NvmeIoctl.URING_CMD_IO, command, slot, id);
    }

    /** Of the memory of a call, if it has any. */
    int slotOf(DiskCall call) {
        return switch (call.kind()) {
            case READ, WRITE, WRITE_STABLE, COMPARE -> registeredSlot(call);
            case VERIFY, FALLOCATE, DEALLOCATE, DATASYNC -> RegisteredMemory.NONE;
        };
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
        if (result == -Errno.EINVAL && call.isRegistered()) {
            goWithoutSlots();
            start(call);
        } else if (result > 0) {
            call.refused(result);
        } else {
            call.done(result == 0 ? (int) call.lengthBytes() : result);
        }
    }

    /** This kernel does not take commands that name slots, or not as they are here. Nothing has reached the drive then. */
    private void goWithoutSlots() {
        if (forgetMemory()) {
            LOG.info(
                    "memory for data is not registered for commands to drives, which costs some time for each of them: "
                            + "this kernel refuses that");
        }
    }

    @Override
    int descriptor(OpenDisk disk) {
        NvmeDrive drive = disk.drive();
        return drive == null ? -1 : drive.fd();
    }
}
