package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.databind.node.ObjectNode;

/** An NVMe drive in SPDK's words. */
class SpdkDriveJsonTest {

    private static final BdevSpec BDEV =
            new BdevSpec.Nvme("n0", "/dev/ng0n1", 1 << 20, 512, new UUID(1, 2), BdevLimits.NONE);

    private static final TargetConfig TARGET =
            new TargetConfig(new TreeMap<>(), new TreeMap<>(Map.of("n0", BDEV)), new TreeMap<>());

    private static LiveState.Drive drive(String address, String nqn, int version) {
        return new LiveState.Drive(
                address,
                0x1b36,
                "QEMU NVMe Ctrl",
                "S1",
                "8.2",
                3,
                version,
                0x12A,
                0x0A,
                nqn,
                7,
                true,
                new LiveState.Preferred(4096, 8192, 0));
    }

    private static ObjectNode json(Optional<LiveState.Drive> drive) {
        return SpdkJson.bdev(TARGET, BDEV, false, drive);
    }

    @Test
    void shouldSayAllThatSpdkSays() {
        assertEquals("NVMe disk", json(Optional.empty()).get("product_name").asString());
        assertEquals(
                "{\"nvme\":[{\"pci_address\":\"0000:00:04.0\",\"trid\":{\"trtype\":\"PCIe\","
                        + "\"traddr\":\"0000:00:04.0\"},\"ctrlr_data\":{\"cntlid\":3,\"vendor_id\":\"0x1b36\","
                        + "\"model_number\":\"QEMU NVMe Ctrl\",\"serial_number\":\"S1\","
                        + "\"firmware_revision\":\"8.2\",\"subnqn\":\"nqn.x:y\",\"oacs\":{\"security\":0,"
                        + "\"format\":1,\"firmware\":0,\"ns_manage\":1},\"multi_ctrlr\":true,"
                        + "\"ana_reporting\":true},\"vs\":{\"nvme_version\":\"1.4\"},"
                        + "\"ns_data\":{\"id\":7,\"can_share\":true}}],\"mp_policy\":\"active_passive\"}",
                json(Optional.of(drive("0000:00:04.0", "nqn.x:y", 0x10400)))
                        .get("driver_specific")
                        .toString());
    }

    @Test
    void shouldSayWhatTheDriveIsFastestWithInBlocks() {
        ObjectNode json = json(Optional.of(drive("", "", 0x10400)));
        assertEquals(8, json.get("preferred_write_alignment").asInt());
        assertEquals(8, json.get("preferred_write_granularity").asInt());
        assertEquals(0, json.get("optimal_write_size").asInt());
        assertEquals(16, json.get("preferred_unmap_alignment").asInt());
        assertEquals(16, json.get("preferred_unmap_granularity").asInt());
    }

    @Test
    void shouldSayNothingOfWhatIsNotKnown() {
        ObjectNode bare = (ObjectNode) json(Optional.of(drive("", "", 0x10201)))
                .get("driver_specific")
                .get("nvme")
                .get(0);
        assertEquals(false, bare.has("pci_address"));
        assertEquals(false, bare.get("ctrlr_data").has("subnqn"));
        assertEquals("1.2.1", bare.get("vs").get("nvme_version").asString());
        assertEquals(
                "{\"nvme\":[],\"mp_policy\":\"active_passive\"}",
                json(Optional.empty()).get("driver_specific").toString(),
                "it is away, or a block device");
    }
}
