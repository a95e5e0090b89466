package org.nvmftarget.data.bdev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.drive.DriveFacts;
import org.nvmftarget.data.drive.DriveNode;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.NvmeIoctl;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.ffi.uring.UringException;
import org.nvmftarget.data.nvme.Opcode;

/** Finds out whether commands can be passed to a drive: the kernel must have the way, and let us take it. */
final class DriveProbe {

    private static final int TRIES = 1000;

    private DriveProbe() {}

    /** A drive that takes commands on every reactor, or why there is none. */
    static NvmeDrive.Result open(DriveNode node, DiskLanes lanes) {
        String refused = lanes.refusesCommands();
        if (refused != null) {
            return new NvmeDrive.Result.Refused(refused);
        }
        NvmeDrive.Result result = NvmeDrive.open(node);
        if (result instanceof NvmeDrive.Result.Opened opened) {
            String fails = firstReadFails(opened.drive());
            if (fails != null) {
                opened.drive().close();
                return new NvmeDrive.Result.Refused(fails);
            }
        }
        return result;
    }

    /** Reads the first block. What the drive itself says of that does not matter: the command has reached it. */
    private static @Nullable String firstReadFails(NvmeDrive drive) {
        try (Arena arena = Arena.ofConfined();
                Ring ring = Ring.openForCommands(1, 1, 0)) {
            DriveFacts facts = drive.facts();
            MemorySegment block = arena.allocate(1L << facts.blockShift(), 1L << facts.blockShift());
            MemorySegment command = NvmeIoctl.command(arena);
            NvmeIoctl.encode(command, Opcode.READ, facts.identity().nsid(), 0, 0, 0);
            NvmeIoctl.data(command, block.address(), (int) block.byteSize());
            ring.command(drive.fd(), NvmeIoctl.URING_CMD_IO, command, Ring.UNREGISTERED, 0);
            int result = result(ring);
            return result < 0 ? "a command by io_uring is refused: " + Errno.message(result) : null;
        } catch (UringException refused) {
            return refused.getMessage();
        }
    }

    private static int result(Ring ring) {
        int waited = 0;
        for (int tries = 0; tries < TRIES && !ring.hasCompletion(); tries++) {
            waited = ring.await();
        }
        if (!ring.hasCompletion()) {
            return waited < 0 ? waited : -Errno.ETIMEDOUT;
        }
        int result = ring.result();
        ring.advance();
        return result;
    }
}
