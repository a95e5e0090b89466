package org.nvmftarget.data.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.model.LiveState;

/** What is read out of Identify pages whose bytes are put together here by the specification's offsets. */
class DriveFactsTest {

    private static final int COMPARE = 1;
    private static final int DSM = 1 << 2;
    private static final int WRITE_ZEROES = 1 << 3;
    private static final int VERIFY = 1 << 7;

    private final byte[] controller = new byte[4096];
    private final byte[] namespace = new byte[4096];
    private final byte[] commandSet = new byte[4096];
    private DriveQueue queue = new DriveQueue(512 << 10, 2 << 20, 1L << 40, false);

    @BeforeEach
    void drive() {
        put(controller, 0, 0x36, 0x1b);
        text(controller, 4, "LAB0DRIVE0          ");
        text(controller, 24, "QEMU NVMe Ctrl" + " ".repeat(26));
        text(controller, 64, "7.2.22\0\1");
        put(controller, 76, 0x0A);
        put(controller, 78, 5, 0);
        put(controller, 80, 0, 4, 1, 0);
        put(controller, 256, 0x2A, 1);
        text(controller, 768, "nqn.2019-08.org.qemu:LAB0DRIVE0");
        oncs(COMPARE | DSM | WRITE_ZEROES | VERIFY);
        put(namespace, 33, 1 | 1 << 3);
        put(namespace, 26, 0x21); // format 1, and 1 in the upper bits: 17
        put(namespace, 128 + 4 * 17, 0, 0, 12);
    }

    private static void put(byte[] page, int offset, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            page[offset + i] = (byte) bytes[i];
        }
    }

    private static void text(byte[] page, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, page, offset, bytes.length);
    }

    private void oncs(int bits) {
        put(controller, 520, bits, bits >>> 8);
    }

    private DriveFacts facts() {
        return DriveFacts.of(
                7,
                "0000:00:04.0",
                MemorySegment.ofArray(controller),
                MemorySegment.ofArray(namespace),
                MemorySegment.ofArray(commandSet),
                queue);
    }

    @Test
    void shouldTellWhoTheDriveIs() {
        assertEquals(
                new LiveState.Drive(
                        "0000:00:04.0",
                        0x1b36,
                        "QEMU NVMe Ctrl",
                        "LAB0DRIVE0",
                        "7.2.22",
                        5,
                        0x10400,
                        0x12A,
                        0x0A,
                        "nqn.2019-08.org.qemu:LAB0DRIVE0",
                        7,
                        false,
                        new LiveState.Preferred(0, 0, 0)),
                facts().identity());
        put(namespace, 30, 1);
        assertTrue(facts().identity().isShared());
    }

    @Test
    void shouldShowNoControlCharacters() {
        text(controller, 24, "bad\033[2J\177name");
        assertEquals(
                "bad?[2J?nameQEMU".substring(0, 12), facts().identity().model().substring(0, 12));
    }

    @Test
    void shouldTakeTheFormatInUse() {
        assertEquals(12, facts().blockShift());
        put(namespace, 26, 0);
        put(namespace, 128, 8, 0, 9);
        assertEquals(9, facts().blockShift());
        assertEquals(8, DriveFacts.metadataBytes(MemorySegment.ofArray(namespace)));
    }

    @Test
    void shouldHaveTheCommandsThatTheDriveHas() {
        DriveFacts all = facts();
        assertTrue(all.compares() && all.verifies() && all.zeroes() && all.zeroesDeallocate() && all.deallocates());
        oncs(0);
        DriveFacts none = facts();
        assertFalse(
                none.compares() || none.verifies() || none.zeroes() || none.zeroesDeallocate() || none.deallocates());
    }

    @Test
    void shouldTrustADeallocationOnlyIfZeroesAreReadAfterIt() {
        put(namespace, 33, 2 | 1 << 3); // all ones
        assertFalse(facts().deallocates() || facts().zeroesDeallocate());
        put(namespace, 33, 1);
        assertTrue(facts().deallocates());
        assertFalse(facts().zeroesDeallocate());
    }

    @Test
    void shouldDoWithoutWhatLinuxDoesWithout() {
        queue = new DriveQueue(512 << 10, 0, 0, false);
        assertFalse(facts().zeroes() || facts().zeroesDeallocate() || facts().deallocates());
    }

    @Test
    void shouldKeepToEveryLimit() {
        assertEquals(512 << 10, facts().transferBytes());
        assertEquals(2 << 20, facts().zeroedBytes());
        assertEquals(1L << 28, facts().verifiedBytes(), "65536 blocks");
        put(commandSet, 0, 3);
        assertEquals(8 * 4096, facts().verifiedBytes());
        queue = new DriveQueue(512 << 10, 100, 100, false);
        assertEquals(4096, facts().zeroedBytes(), "a block at least");
    }

    @Test
    void shouldPreferWhatTheDrivePrefers() {
        assertEquals(new DriveGranularity(0, 0, 0, 0), facts().granularity());
        put(namespace, 46, 0, 1); // NOIOB
        put(namespace, 64, 7, 0, 3, 0, 15, 0, 31, 0, 63, 0); // NPWG NPWA NPDG NPDA NOWS
        assertEquals(new DriveGranularity(0, 0, 0, 256 * 4096), facts().granularity());
        put(namespace, 24, 1 << 5);
        assertEquals(new DriveGranularity(8 * 4096, 0, 64 * 4096, 256 * 4096), facts().granularity());
        put(namespace, 24, 1 << 4);
        assertEquals(new DriveGranularity(8 * 4096, 32 * 4096, 64 * 4096, 256 * 4096), facts().granularity());
        assertEquals(
                new LiveState.Preferred(8 * 4096, 32 * 4096, 64 * 4096),
                facts().identity().preferred());
    }

    @Test
    void shouldBelieveWhatTheDrivePromisesOfWholeWrites() {
        assertEquals(new DriveAtomicity(4096, 4096, 0, 0, 0), facts().atomicity(), "a block, whoever says nothing");
        put(controller, 526, 63, 0, 7, 0); // AWUN AWUPF
        assertEquals(new DriveAtomicity(64 * 4096, 8 * 4096, 0, 0, 0), facts().atomicity());
        put(namespace, 34, 31, 0, 15, 0); // NAWUN NAWUPF
        assertEquals(64 * 4096, facts().atomicity().normalBytes(), "the namespace does not say that it is its own");
        put(namespace, 24, 1 << 1);
        put(namespace, 40, 127, 0, 4, 0, 63, 0); // NABSN NABO NABSPF
        assertEquals(new DriveAtomicity(32 * 4096, 16 * 4096, 128 * 4096, 64 * 4096, 4 * 4096), facts().atomicity());
        put(namespace, 34, 0, 0, 0, 0);
        assertEquals(64 * 4096, facts().atomicity().normalBytes(), "as the controller");
        put(controller, 526, 0, 0, 7, 0);
        assertEquals(4096, facts().atomicity().powerFailBytes(), "no more than while there is power");
    }

    @Test
    void shouldReadTheLimitsOfLinux(@TempDir Path device) throws Exception {
        Files.createDirectory(device.resolve("queue"));
        for (String line : new String[] {
            "max_hw_sectors_kb 512",
            "max_segments 127",
            "write_zeroes_max_bytes 65536",
            "discard_max_bytes 0",
            "zoned none"
        }) {
            String[] pair = line.split(" ", -1);
            Files.writeString(device.resolve("queue").resolve(pair[0]), pair[1] + System.lineSeparator());
        }
        assertEquals(new DriveQueue(126 * 4096, 65536, 0, false), DriveQueue.of(device));
        Files.writeString(device.resolve("queue/zoned"), "host-managed");
        Files.writeString(device.resolve("queue/max_segments"), "1024");
        assertEquals(new DriveQueue(512 << 10, 65536, 0, true), DriveQueue.of(device));
        assertEquals(128 << 10, DriveQueue.of(device.resolve("nowhere")).transferBytes(), "where it says nothing");
    }
}
