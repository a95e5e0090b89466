package org.nvmftarget.data.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.ffi.libc.Errno;

/** Namespaces in a sysfs that is made here: drive 1 with namespace 2, a partition of it, a disk, and a terminal. */
class DriveNodesTest {

    @TempDir
    Path sys;

    private DriveNodes nodes;

    @BeforeEach
    void machine() throws Exception {
        nodes = new DriveNodes(sys, Path.of("/dev"));
        Path drive = sys.resolve("devices/pci0000:00/0000:00:04.0/nvme/nvme1");
        device("dev/block/259:5", drive.resolve("nvme1n2"));
        device("dev/char/240:7", drive.resolve("ng1n2"));
        device("dev/block/259:6", drive.resolve("nvme1n2/nvme1n2p1"));
        device("dev/block/8:0", sys.resolve("devices/pci0000:00/host0/sda"));
        device("dev/char/4:1", sys.resolve("devices/virtual/tty/tty1"));
        device("dev/char/240:9", drive.resolve("ng1n3"));
        Files.createDirectories(sys.resolve("class/block"));
        Files.createSymbolicLink(sys.resolve("class/block/nvme1n2"), drive.resolve("nvme1n2"));
    }

    private void device(String number, Path folder) throws Exception {
        Files.createDirectories(folder);
        Path link = sys.resolve(number);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, folder);
    }

    private DriveNode found(String path, boolean isBlock, String number) {
        return assertInstanceOf(DriveNodes.Result.Found.class, nodes.find(path, isBlock, number))
                .node();
    }

    private String other(String path, boolean isBlock, String number) {
        return assertInstanceOf(DriveNodes.Result.Other.class, nodes.find(path, isBlock, number))
                .why();
    }

    @Test
    void shouldFindBothDevicesByEither() {
        Path folder = sys.resolve("class/block/nvme1n2");
        assertEquals(
                new DriveNode("/dev/ng1n2", "/dev/disk/by-id/nvme-x", folder),
                found("/dev/disk/by-id/nvme-x", true, "259:5"));
        assertEquals(new DriveNode("/dev/ng1n2", "/dev/nvme1n2", folder), found("/dev/ng1n2", false, "240:7"));
    }

    @Test
    void shouldTellWhatElseAPathIs() {
        assertTrue(other("/dev/nvme1n2p1", true, "259:6").contains("is a partition"));
        assertTrue(other("/dev/sda", true, "8:0").contains("is of type block"));
        assertTrue(other("/dev/tty1", false, "4:1").contains("no namespace of an NVMe drive"));
    }

    @Test
    void shouldWaitForWhatIsNotThere() {
        assertEquals(new DriveNodes.Result.Absent(-Errno.ENODEV), nodes.find("/dev/ng9n1", false, "240:99"));
        assertEquals(new DriveNodes.Result.Absent(-Errno.ENODEV), nodes.find("/dev/ng1n3", false, "240:9"));
        String nowhere = sys.resolve("nowhere").toString();
        assertEquals(new DriveNodes.Result.Absent(-Errno.ENOENT), nodes.find(nowhere));
    }

    @Test
    void shouldTakeNoFileForADevice() throws Exception {
        Path file = Files.createFile(sys.resolve("file"));
        assertInstanceOf(DriveNodes.Result.Other.class, nodes.find(file.toString()));
    }
}
