package org.nvmftarget.data.drive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.FileStatus;

/**
 * Finds the namespace that a path stands for. Linux gives both devices of a namespace the same numbers ({@code ng0n1} and
 * {@code nvme0n1}), and sysfs knows the name of each device by its number, however it is called in {@code /dev}.
 */
public final class DriveNodes {

    /** Of this machine. */
    public static final DriveNodes SYSTEM = new DriveNodes(Path.of("/sys"), Path.of("/dev"));

    private static final Pattern CHARACTER = Pattern.compile("ng([0-9]+n[0-9]+)");
    private static final Pattern BLOCK = Pattern.compile("nvme([0-9]+n[0-9]+)");
    private static final Pattern PARTITION = Pattern.compile("nvme[0-9]+n[0-9]+p[0-9]+");

    private final Path sys;
    private final Path dev;

    /** @param sys where sysfs is, as {@code dev} for the devices */
    public DriveNodes(Path sys, Path dev) {
        this.sys = sys;
        this.dev = dev;
    }

    /** What a path leads to. */
    public sealed interface Result {
        record Found(DriveNode node) implements Result {}

        /** @param errno negated: there is nothing now */
        record Absent(int errno) implements Result {}

        /** It is something else. */
        record Other(String why) implements Result {}
    }

    public Result find(String path) {
        return switch (FileStatus.of(path)) {
            case FileStatus.Result.Failed failed -> new Result.Absent(failed.errno());
            case FileStatus.Result.Found found -> {
                FileStatus status = found.status();
                if (!status.isBlockDevice() && !status.isCharacterDevice()) {
                    yield new Result.Other(path + " is no device; a file is of type file");
                }
                yield find(path, status.isBlockDevice(), status.deviceNumber());
            }
        };
    }

    /** @param number major and minor, as in {@code 259:3} */
    Result find(String path, boolean isBlock, String number) {
        String name;
        try {
            name = sys.resolve(isBlock ? "dev/block" : "dev/char")
                    .resolve(number)
                    .toRealPath()
                    .getFileName()
                    .toString();
        } catch (IOException gone) {
            return new Result.Absent(-Errno.ENODEV);
        }
        Matcher named = (isBlock ? BLOCK : CHARACTER).matcher(name);
        if (!named.matches()) {
            return new Result.Other(
                    PARTITION.matcher(name).matches()
                            ? path + " is a partition; a bdev of type nvme has a whole namespace"
                            : path + " is no namespace of an NVMe drive; another block device is of type block");
        }
        String block = "nvme" + named.group(1);
        Path folder = sys.resolve("class/block").resolve(block);
        if (!Files.isDirectory(folder)) {
            return new Result.Absent(-Errno.ENODEV);
        }
        return new Result.Found(new DriveNode(
                isBlock ? dev.resolve("ng" + named.group(1)).toString() : path,
                isBlock ? path : dev.resolve(block).toString(),
                folder));
    }
}
