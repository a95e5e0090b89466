package org.nvmftarget.data.bdev;

import java.nio.file.Path;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.data.reactor.ReactorOptions;

/**
 * Commands to what stands for an NVMe drive: {@code /dev/null}, which Linux has ended every command well by since 6.3. So
 * all of our own way to a drive is there, and no drive.
 */
final class CommandLoad {

    private static final String PATH = "/dev/null";
    private static final long SIZE_BYTES = 64 << 20;

    private CommandLoad() {}

    /** Prints what {@link DiskLoad#printAllocated} does, or why it cannot. */
    static void main(String[] arguments) throws Exception {
        try (DiskLoad load = new DiskLoad(CommandLoad::open, true, ReactorOptions.MOST_SPIN_NS)) {
            load.printAllocated(100_000);
        }
    }

    private static Bdev open(Bdevs bdevs, DiskLanes lanes) {
        lanes.ensureOpen();
        String refused = lanes.refusesCommands();
        if (refused != null) {
            throw new IllegalStateException(refused);
        }
        int fd = DiskFiles.open(PATH, DiskFiles.O_RDWR, 0);
        FileStatus status = ((FileStatus.Result.Found) FileStatus.of(fd)).status();
        NvmeDrive drive = new NvmeDrive(DiskFiles.open(PATH, DiskFiles.O_RDWR, 0), Drives.able());
        DiskShape shape = new DiskShape(DiskLoad.BYTES, true, Integer.BYTES, "");
        OpenDisk open = new OpenDisk(fd, lanes.nextSlot(), status, shape, 1, drive);
        lanes.attach(open);
        return bdevs.limited(
                new DiskBdev(DiskLoad.drive(Path.of(PATH)).withShape(SIZE_BYTES, DiskLoad.BYTES), open, lanes));
    }
}
