package org.nvmftarget.data.bdev;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.drive.DriveNode;
import org.nvmftarget.data.drive.DriveNodes;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens files and block devices for us alone, and says why it cannot. For control threads. */
final class DiskOpener {

    private static final Logger LOG = LoggerFactory.getLogger(DiskOpener.class);

    private static final int PAGE_BYTES = 4096;
    /** What a drive takes: addresses are multiples of it (NVMe Base specification 2.0, section 4.1.1). */
    private static final int COMMAND_MEMORY_ALIGN = 4;

    private static final int OWNER_ALONE = 0600;
    private static final int READ_WRITE = DiskFiles.O_RDWR | DiskFiles.O_CLOEXEC;

    private final BdevSpec spec;
    private final DiskLanes lanes;
    private final boolean mayMake;

    private DiskOpener(BdevSpec spec, DiskLanes lanes, boolean mayMake) {
        this.spec = spec;
        this.lanes = lanes;
        this.mayMake = mayMake;
    }

    sealed interface Result {
        /** @param spec with the size and the block size that it has */
        record Opened(OpenDisk disk, BdevSpec spec) implements Result {}

        record Refused(StepResult why) implements Result {
            String message() {
                return switch (why) {
                    case StepResult.Waiting waiting -> waiting.message();
                    case StepResult.Failed failed -> failed.message();
                    case StepResult.Done _ -> "";
                };
            }
        }
    }

    /**
     * @param spec of a file or a block device
     * @param mayMake false for a file that was there before: it is not made anew, since it may be on a file system that
     *     is not mounted yet
     */
    static Result open(BdevSpec spec, DiskLanes lanes, boolean mayMake) {
        DiskOpener opener = new DiskOpener(spec, lanes, mayMake);
        return switch (spec) {
            case BdevSpec.File _ -> opener.openFile();
            case BdevSpec.Nvme _ -> opener.openDrive();
            default -> opener.openBlock();
        };
    }

    /** Where the file or block device is that a disk is held by: of a drive's character device its block device. */
    static String node(BdevSpec spec) {
        return spec instanceof BdevSpec.Nvme
                        && DriveNodes.SYSTEM.find(spec.path()) instanceof DriveNodes.Result.Found found
                ? found.node().block()
                : spec.path();
    }

    /** What would keep {@link #open} from opening it, as far as can be seen without a change. */
    static Optional<StepResult.Waiting> probe(BdevSpec spec) {
        String path = node(spec);
        FileStatus.Result found = FileStatus.of(path);
        if (found instanceof FileStatus.Result.Failed failed) {
            Path parent = Path.of(path).getParent();
            boolean canMake = spec instanceof BdevSpec.File && failed.errno() == -Errno.ENOENT && isThere(parent);
            return canMake ? unwritable(parent, path) : Optional.of(waiting(failed.errno(), path));
        }
        int exclusive = spec instanceof BdevSpec.Device ? DiskFiles.O_EXCL : 0;
        // Not for writing: the machine's device manager looks at a block device anew when a writer closes it.
        int fd = DiskFiles.open(path, DiskFiles.O_RDONLY | DiskFiles.O_CLOEXEC | DiskFiles.O_NONBLOCK | exclusive, 0);
        if (fd < 0) {
            return isOutside(fd) ? Optional.of(waiting(fd, path)) : Optional.empty();
        }
        int locked = spec instanceof BdevSpec.File ? DiskFiles.flock(fd, DiskFiles.LOCK_EX | DiskFiles.LOCK_NB) : 0;
        Posix.close(fd);
        if (locked == -Errno.EAGAIN) {
            return Optional.of(inUse(path));
        }
        return spec instanceof BdevSpec.File ? unwritable(Path.of(path), path) : Optional.empty();
    }

    private static boolean isThere(@Nullable Path folder) {
        return folder != null && FileStatus.of(folder.toString()) instanceof FileStatus.Result.Found;
    }

    /** Why a file cannot be opened, or made, if {@code node} must be written for that: access(2) says so, even to root. */
    private static Optional<StepResult.Waiting> unwritable(@Nullable Path node, String path) {
        return node == null || Files.isWritable(node) ? Optional.empty() : Optional.of(waiting(-Errno.EROFS, path));
    }

    /** What a file system says that is read-only, a file that is immutable, or one of somebody else. */
    private static boolean isReadOnly(int errno) {
        return switch (-errno) {
            case Errno.EROFS, Errno.EPERM, Errno.EACCES -> true;
            default -> false;
        };
    }

    private static boolean isOutside(int errno) {
        return switch (-errno) {
            case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO, Errno.ENOMEDIUM, Errno.EBUSY -> true;
            default -> false;
        };
    }

    private static StepResult.Waiting waiting(int errno, String path) {
        return switch (-errno) {
            case Errno.EBUSY -> inUse(path);
            case Errno.ENOENT ->
                new StepResult.Waiting("ENOENT", path + " is not there; it is taken as soon as it appears");
            default ->
                new StepResult.Waiting(
                        Errno.name(errno),
                        isReadOnly(errno)
                                ? path + " cannot be written (" + Errno.message(errno)
                                        + "); it is taken as soon as it can"
                                : path + ": " + Errno.message(errno));
        };
    }

    private static StepResult.Waiting inUse(String path) {
        return new StepResult.Waiting(
                "EBUSY", path + " is mounted, or held by another program; it is taken as soon as it is free");
    }

    private static Result refused(int errno, String path) {
        return new Result.Refused(
                isOutside(errno)
                        ? waiting(errno, path)
                        : new StepResult.Failed(path + " cannot be opened to be written: " + Errno.message(errno)));
    }

    private static Result failed(int fd, String why) {
        Posix.close(fd);
        return new Result.Refused(new StepResult.Failed(why));
    }

    // Files

    private Result openFile() {
        String path = spec.path();
        int fd = DiskFiles.open(path, READ_WRITE | DiskFiles.O_NONBLOCK, 0);
        if (fd == -Errno.ENOENT && mayMake) {
            fd = DiskFiles.open(path, READ_WRITE | DiskFiles.O_CREAT | DiskFiles.O_EXCL, OWNER_ALONE);
            if (fd >= 0) {
                keepName(Path.of(path));
            }
        }
        if (fd < 0) {
            return isReadOnly(fd) ? new Result.Refused(waiting(fd, path)) : refused(fd, path);
        }
        if (!(FileStatus.of(fd) instanceof FileStatus.Result.Found found)
                || !found.status().isRegularFile()) {
            return failed(fd, path + " is no file; a block device is of type block");
        }
        if (DiskFiles.flock(fd, DiskFiles.LOCK_EX | DiskFiles.LOCK_NB) == -Errno.EAGAIN) {
            Posix.close(fd);
            return new Result.Refused(inUse(path));
        }
        return sized(fd, found.status());
    }

    /** Flushing a file does not flush the folder that it is found in: without this, a power cut may take all of it. */
    private static void keepName(Path file) {
        Path folder = file.getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            LOG.warn(
                    "{} is made, but a power cut soon may take it: {} cannot be flushed: {}",
                    file,
                    folder,
                    e.toString());
        }
    }

    /** A file that is larger than declared is left so. */
    private Result sized(int fd, FileStatus status) {
        long bytes = status.sizeBytes();
        if (bytes < spec.sizeBytes()) {
            int result = DiskFiles.ftruncate(fd, spec.sizeBytes());
            if (result < 0) {
                return failed(fd, spec.path() + " cannot get its size: " + Errno.message(result));
            }
            bytes = spec.sizeBytes();
        }
        int block = spec.blockSizeBytes();
        return new Result.Opened(
                disk(fd, status, fileShape(fd, status, block, isMemory(spec.path()))),
                spec.withSizeBytes(bytes - bytes % block));
    }

    /** A file system in memory takes O_DIRECT from Linux 6.6 on, and means nothing by it. */
    private static boolean isMemory(String path) {
        try {
            String type = Files.getFileStore(Path.of(path)).type();
            return type.equals("tmpfs") || type.equals("ramfs");
        } catch (IOException unknown) {
            return false;
        }
    }

    private static DiskShape fileShape(int fd, FileStatus status, int block, boolean memory) {
        DiskShape buffered = new DiskShape(block, false, 1, "");
        if (memory || (status.knowsDirect() && status.directOffsetAlign() == 0)) {
            return note(buffered, "its file system has no direct I/O, so data go through the page cache");
        }
        if (status.knowsDirect() && status.directOffsetAlign() > block) {
            return note(
                    buffered,
                    "direct I/O needs blocks of " + status.directOffsetAlign()
                            + " bytes, so data go through the page cache");
        }
        int flags = Posix.fcntl(fd, Posix.F_GETFL, 0);
        if (Posix.fcntl(fd, Posix.F_SETFL, flags | DiskFiles.O_DIRECT) < 0 || !readsDirectly(fd, block)) {
            Posix.fcntl(fd, Posix.F_SETFL, flags & ~DiskFiles.O_DIRECT);
            return note(buffered, "its file system has no direct I/O, so data go through the page cache");
        }
        int memoryAlign = status.knowsDirect() ? Math.max(1, status.directMemoryAlign()) : PAGE_BYTES;
        return new DiskShape(block, true, memoryAlign, "");
    }

    private static DiskShape note(DiskShape shape, String note) {
        return new DiskShape(shape.blockSizeBytes(), shape.direct(), shape.memoryAlign(), note);
    }

    private static boolean readsDirectly(int fd, int block) {
        try (Arena arena = Arena.ofConfined()) {
            return DiskFiles.pread(fd, arena.allocate(PAGE_BYTES, PAGE_BYTES).address(), block, 0) >= 0;
        }
    }

    // Block devices

    private Result openBlock() {
        String path = spec.path();
        if (FileStatus.of(path) instanceof FileStatus.Result.Found at
                && !at.status().isBlockDevice()) {
            return new Result.Refused(new StepResult.Failed(path + " is no block device; a file is of type file"));
        }
        return openBlock(path, null);
    }

    /** A namespace of a drive; by its block device where commands cannot be passed. */
    private Result openDrive() {
        return switch (DriveNodes.SYSTEM.find(spec.path())) {
            case DriveNodes.Result.Absent absent -> refused(absent.errno(), spec.path());
            case DriveNodes.Result.Other other -> new Result.Refused(new StepResult.Failed(other.why()));
            case DriveNodes.Result.Found found -> openBlock(found.node().block(), found.node());
        };
    }

    /** @param node of the drive that it is, where commands go to that; null for none */
    private Result openBlock(String path, @Nullable DriveNode node) {
        int fd = DiskFiles.open(path, READ_WRITE | DiskFiles.O_EXCL | DiskFiles.O_DIRECT, 0);
        if (fd < 0) {
            return refused(fd, path);
        }
        if (!(FileStatus.of(fd) instanceof FileStatus.Result.Found found)) {
            return failed(fd, path + " cannot be looked at");
        }
        long logical = DiskFiles.logicalBlockSize(fd);
        long bytes = DiskFiles.blockDeviceSize(fd);
        int block = spec.blockSizeBytes() == 0 ? (int) logical : spec.blockSizeBytes();
        if (block != 512 && block != PAGE_BYTES) {
            return failed(fd, path + " has blocks of " + block + " bytes, and only 512 and 4096 are served");
        }
        if (logical > block) {
            return failed(fd, path + " has blocks of " + logical + " bytes, and block_size is " + block);
        }
        if (bytes < block) {
            Posix.close(fd);
            return new Result.Refused(new StepResult.Waiting("ENOMEDIUM", path + " has no bytes"));
        }
        FileStatus status = found.status();
        int memoryAlign =
                status.knowsDirect() && status.directMemoryAlign() > 0 ? status.directMemoryAlign() : PAGE_BYTES;
        BdevSpec.Device shaped = ((BdevSpec.Device) spec).withShape(bytes - bytes % block, block);
        DiskShape shape = new DiskShape(block, true, memoryAlign, "");
        return new Result.Opened(node == null ? disk(fd, status, shape) : drive(fd, status, shape, node), shaped);
    }

    private OpenDisk drive(int fd, FileStatus status, DiskShape shape, DriveNode node) {
        return switch (DriveProbe.open(node, lanes)) {
            case NvmeDrive.Result.Opened opened ->
                new OpenDisk(
                        fd,
                        lanes.nextSlot(),
                        status,
                        new DiskShape(shape.blockSizeBytes(), true, COMMAND_MEMORY_ALIGN, ""),
                        lanes.reactors(),
                        opened.drive());
            case NvmeDrive.Result.Refused refused -> {
                LOG.warn(
                        "commands cannot be passed to {}, so it is read and written as a block device: {}",
                        node.character(),
                        refused.why());
                yield disk(
                        fd,
                        status,
                        note(shape, "commands cannot be passed, so it is a block device: " + refused.why()));
            }
        };
    }

    private OpenDisk disk(int fd, FileStatus status, DiskShape shape) {
        return new OpenDisk(fd, lanes.nextSlot(), status, shape, lanes.reactors(), null);
    }
}
