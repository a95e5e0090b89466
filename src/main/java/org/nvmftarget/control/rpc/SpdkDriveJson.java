package org.nvmftarget.control.rpc;

import java.util.Optional;
import org.nvmftarget.model.LiveState;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What SPDK says of an NVMe drive that a bdev is: its {@code driver_specific}. */
final class SpdkDriveJson {

    // Bits of OACS and CMIC (NVMe Base specification 2.0, section 5.17.2.1)
    private static final int OACS_SECURITY = 1;
    private static final int OACS_FORMAT = 1 << 1;
    private static final int OACS_FIRMWARE = 1 << 2;
    private static final int OACS_NAMESPACES = 1 << 3;
    private static final int CMIC_CONTROLLERS = 1 << 1;
    private static final int CMIC_ANA = 1 << 3;

    private static final LiveState.Preferred UNKNOWN = new LiveState.Preferred(0, 0, 0);

    private SpdkDriveJson() {}

    /** One entry for each way to the drive: none where there is no drive, or its block device is used. */
    static void add(ObjectNode json, Optional<LiveState.Drive> drive) {
        ArrayNode ways = json.putArray("nvme");
        drive.ifPresent(d -> add(ways.addObject(), d));
        json.put("mp_policy", "active_passive");
    }

    /** What is fastest, in blocks; one number for granularity and alignment, as hosts are told. */
    static void addPreferred(ObjectNode json, Optional<LiveState.Drive> drive, int blockBytes) {
        LiveState.Preferred preferred = drive.map(LiveState.Drive::preferred).orElse(UNKNOWN);
        long written = blocks(preferred.writtenBytes(), blockBytes);
        long deallocated = blocks(preferred.deallocatedBytes(), blockBytes);
        json.put("preferred_write_alignment", written)
                .put("preferred_write_granularity", written)
                .put("optimal_write_size", blocks(preferred.largestWriteBytes(), blockBytes))
                .put("preferred_unmap_alignment", deallocated)
                .put("preferred_unmap_granularity", deallocated);
    }

    /** Hosts' blocks may be larger than the drive's. */
    private static long blocks(long bytes, int blockBytes) {
        return Math.ceilDiv(bytes, blockBytes);
    }

    private static void add(ObjectNode json, LiveState.Drive drive) {
        if (!drive.address().isEmpty()) {
            json.put("pci_address", drive.address());
        }
        json.putObject("trid").put("trtype", "PCIe").put("traddr", drive.address());
        addController(json.putObject("ctrlr_data"), drive);
        json.putObject("vs").put("nvme_version", version(drive.version()));
        json.putObject("ns_data")
                .put("id", Integer.toUnsignedLong(drive.nsid()))
                .put("can_share", drive.isShared());
    }

    private static void addController(ObjectNode json, LiveState.Drive drive) {
        json.put("cntlid", drive.cntlid())
                .put("vendor_id", "0x%04x".formatted(drive.vendorId()))
                .put("model_number", drive.model())
                .put("serial_number", drive.serial())
                .put("firmware_revision", drive.firmware());
        if (!drive.nqn().isEmpty()) {
            json.put("subnqn", drive.nqn());
        }
        json.putObject("oacs")
                .put("security", bit(drive.oacs(), OACS_SECURITY))
                .put("format", bit(drive.oacs(), OACS_FORMAT))
                .put("firmware", bit(drive.oacs(), OACS_FIRMWARE))
                .put("ns_manage", bit(drive.oacs(), OACS_NAMESPACES));
        json.put("multi_ctrlr", bit(drive.cmic(), CMIC_CONTROLLERS) == 1)
                .put("ana_reporting", bit(drive.cmic(), CMIC_ANA) == 1);
    }

    private static int bit(int field, int bit) {
        return (field & bit) == 0 ? 0 : 1;
    }

    private static String version(int version) {
        String two = (version >>> 16) + "." + (version >>> 8 & 0xFF);
        return (version & 0xFF) == 0 ? two : two + "." + (version & 0xFF);
    }
}
