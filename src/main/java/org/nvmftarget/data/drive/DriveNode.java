package org.nvmftarget.data.drive;

import java.nio.file.Path;

/**
 * A namespace of a drive, as Linux has it.
 *
 * @param character path of the device that takes commands, {@code /dev/ng0n1}
 * @param block path of the block device, {@code /dev/nvme0n1}
 * @param sysfs folder of the block device
 */
public record DriveNode(String character, String block, Path sysfs) {}
