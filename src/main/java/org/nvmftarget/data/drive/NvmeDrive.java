package org.nvmftarget.data.drive;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.NvmeIoctl;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.SmartLog;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.LiveState;

/** An open namespace of a drive, which takes commands as they are. */
public final class NvmeDrive implements AutoCloseable {

    private static final int NO_NSID = 0;
    private static final int ALL_NAMESPACES = 0xFFFF_FFFF;

    private final int fd;
    private final DriveFacts facts;
    private boolean closed;

    /** @param fd of the character device, which this closes */
    public NvmeDrive(int fd, DriveFacts facts) {
        this.fd = fd;
        this.facts = facts;
    }

    /** A drive, or why there is none that commands can be passed to. */
    public sealed interface Result {
        record Opened(NvmeDrive drive) implements Result {}

        record Refused(String why) implements Result {}
    }

    public static Result open(DriveNode node) {
        int fd = DiskFiles.open(node.character(), DiskFiles.O_RDWR | DiskFiles.O_CLOEXEC, 0);
        if (fd < 0) {
            return new Result.Refused(node.character() + ": " + Errno.message(fd));
        }
        Result result = identified(fd, node);
        if (result instanceof Result.Refused) {
            Posix.close(fd);
        }
        return result;
    }

    private static Result identified(int fd, DriveNode node) {
        int nsid = NvmeIoctl.namespaceId(fd);
        if (nsid <= 0) {
            return new Result.Refused(node.character() + " is of no namespace");
        }
        DriveQueue queue = DriveQueue.of(node.sysfs());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment controller = arena.allocate(Identify.BYTES, Identify.BYTES);
            MemorySegment namespace = arena.allocate(Identify.BYTES, Identify.BYTES);
            MemorySegment commandSet = arena.allocate(Identify.BYTES, Identify.BYTES);
            int refused = identify(fd, Identify.CNS_CONTROLLER, NO_NSID, controller);
            refused = refused != 0 ? refused : identify(fd, Identify.CNS_NAMESPACE, nsid, namespace);
            if (refused != 0) {
                return new Result.Refused(node.character() + " does not identify itself: " + explained(refused));
            }
            if (identify(fd, Identify.CNS_COMMAND_SET_CONTROLLER, NO_NSID, commandSet) != 0) {
                commandSet.fill((byte) 0); // it is of a revision before 2.0
            }
            if (DriveFacts.metadataBytes(namespace) > 0) {
                return new Result.Refused("its blocks have metadata");
            }
            if (queue.zoned()) {
                return new Result.Refused("its blocks are in zones");
            }
            return new Result.Opened(
                    new NvmeDrive(fd, DriveFacts.of(nsid, address(node), controller, namespace, commandSet, queue)));
        }
    }

    /** Of its controller, or of one of those that have it. */
    private static String address(DriveNode node) {
        try {
            return Files.readString(node.sysfs().resolve("device/address")).strip();
        } catch (IOException unsaid) {
            return "";
        }
    }

    /** 0, the status of the completion, or a negated errno. */
    private static int identify(int fd, int cns, int nsid, MemorySegment page) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment command = NvmeIoctl.command(arena);
            NvmeIoctl.encode(command, Opcode.IDENTIFY, nsid, cns, 0, 0);
            NvmeIoctl.data(command, page.address(), (int) page.byteSize());
            return NvmeIoctl.admin(fd, command);
        }
    }

    private static String explained(int refused) {
        return refused < 0 ? Errno.message(refused) : Status.toText(refused);
    }

    /** Of the character device. */
    public int fd() {
        return fd;
    }

    public DriveFacts facts() {
        return facts;
    }

    /** What it says of its health; null if it says nothing. May take as long as the drive does. */
    public synchronized @Nullable DriveHealth health() {
        if (closed) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(SmartLog.BYTES, Identify.BYTES);
            MemorySegment command = NvmeIoctl.command(arena);
            int dwords = SmartLog.BYTES / Integer.BYTES - 1;
            NvmeIoctl.encode(command, Opcode.GET_LOG_PAGE, ALL_NAMESPACES, dwords << 16 | LogPage.SMART, 0, 0);
            NvmeIoctl.data(command, page.address(), SmartLog.BYTES);
            LiveState.Drive who = facts.identity();
            return NvmeIoctl.admin(fd, command) != 0
                    ? null
                    : DriveHealth.of(who.model() + "/" + who.serial() + "/" + who.cntlid(), page);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Posix.close(fd);
        }
    }
}
