package org.nvmftarget.data.bdev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nvmftarget.data.ffi.libc.FileStatus;

/**
 * What the machine says of a block device (sysfs).
 *
 * @param model empty where it says none
 * @param serial empty where it says none
 * @param hasVolatileCache what was written may be lost with the power until it is flushed; of a file, always
 */
record Hardware(String model, String serial, boolean hasVolatileCache) {

    private static final Hardware UNKNOWN = new Hardware("", "", true);

    static Hardware of(FileStatus status) {
        if (!status.isBlockDevice()) {
            return UNKNOWN;
        }
        try {
            Path device = Path.of("/sys/dev/block", status.deviceNumber()).toRealPath();
            // A partition has these one folder up.
            Path disk = Files.isDirectory(device.resolve("queue")) ? device : device.resolve("..");
            String serial = text(disk.resolve("device/serial"));
            return new Hardware(
                    text(disk.resolve("device/model")),
                    serial.isEmpty() ? text(disk.resolve("serial")) : serial,
                    !text(disk.resolve("queue/write_cache")).equals("write through"));
        } catch (IOException unknown) {
            return UNKNOWN;
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException absent) {
            return "";
        }
    }
}
