package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.IdentifyController;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** What a controller says of itself: Identify with CNS 01h. One method for each kind of fact. */
final class ControllerPage {
    private ControllerPage() {}

    /** Zero-based: four Async Event Requests. */
    static final int AERL = 3;

    /** Zero-based: four Aborts at a time. */
    static final int ACL = 3;

    private static final int MDTS_UNIT_SHIFT = 12;
    private static final int SQES_64_BYTES = 0x66;
    private static final int CQES_16_BYTES = 0x44;
    /** Power state 0: 25 W, as a host expects to find one. */
    private static final int CENTIWATTS = 2500;

    private static final int ENTRY_US = 16;
    private static final int EXIT_US = 4;

    /** Writes the whole page. */
    static void encode(Controller controller, MemorySegment s) {
        s.fill((byte) 0);
        names(controller, s);
        admin(controller, s);
        sgls(options(controller), s);
        if (controller.isDiscovery()) {
            Wire.putU8(s, IdentifyController.DCTYPE, IdentifyController.DCTYPE_DIRECT);
        } else {
            sharing(s);
            queues(controller, s);
            namespaces(controller, s);
            nvmCommands(s);
        }
    }

    private static SubsystemSpec spec(Controller controller) {
        return controller.admin().part().view().spec;
    }

    private static TransportOptions options(Controller controller) {
        return controller.admin().connection().options();
    }

    private static void names(Controller controller, MemorySegment s) {
        SubsystemSpec spec = spec(controller);
        Wire.putText(s, IdentifyController.SN, IdentifyController.SN_BYTES, spec.serialNumber(), ' ');
        Wire.putText(s, IdentifyController.MN, IdentifyController.MN_BYTES, spec.modelNumber(), ' ');
        Wire.putText(s, IdentifyController.FR, IdentifyController.FR_BYTES, Firmware.REVISION, ' ');
        Wire.putU16(s, IdentifyController.CNTLID, controller.cntlid());
        Wire.putU32(s, IdentifyController.VER, Property.VERSION);
        Wire.putU8(
                s,
                IdentifyController.CNTRLTYPE,
                controller.isDiscovery() ? IdentifyController.TYPE_DISCOVERY : IdentifyController.TYPE_IO);
        Wire.putText(
                s,
                IdentifyController.SUBNQN,
                IdentifyController.SUBNQN_BYTES,
                spec.nqn().value(),
                '\0');
    }

    /** Admin commands: their limits, log pages and events. */
    private static void admin(Controller controller, MemorySegment s) {
        TransportOptions options = options(controller);
        int largest = options.common().maxIoSizeBytes();
        Wire.putU8(s, IdentifyController.MDTS, Integer.numberOfTrailingZeros(largest) - MDTS_UNIT_SHIFT);
        Wire.putU32(s, IdentifyController.OAES, controller.events().supported());
        Wire.putU32(
                s,
                IdentifyController.CTRATT,
                IdentifyController.CTRATT_HOST_ID_128
                        | IdentifyController.CTRATT_TBKAS
                        | (controller.isDiscovery() ? 0 : IdentifyController.CTRATT_NAMESPACE_GRANULARITY));
        Wire.putU8(s, IdentifyController.ACL, ACL);
        Wire.putU8(s, IdentifyController.AERL, AERL);
        Wire.putU8(s, IdentifyController.FRMW, IdentifyController.FRMW_ONE_READ_ONLY_SLOT);
        int forNamespaces = IdentifyController.LPA_SMART_PER_NAMESPACE | IdentifyController.LPA_EFFECTS;
        Wire.putU8(
                s,
                IdentifyController.LPA,
                IdentifyController.LPA_EXTENDED
                        | IdentifyController.LPA_SUPPORT
                        | (controller.isDiscovery() ? 0 : forNamespaces));
        Wire.putU8(s, IdentifyController.ELPE, ErrorLog.ENTRIES - 1);
        Wire.putU16(s, IdentifyController.KAS, options.common().kasUnits());
        Wire.putU16(
                s,
                IdentifyController.MAXCMD,
                controller.admin().connection().maxQueueEntries(controller.isDiscovery()));
        IdentifyController.encodePowerState(s, CENTIWATTS, ENTRY_US, EXIT_US);
        if (!controller.isDiscovery()) {
            Wire.putU16(s, IdentifyController.WCTEMP, TemperatureThresholds.WARNING_KELVIN);
            Wire.putU16(s, IdentifyController.CCTEMP, TemperatureThresholds.CRITICAL_KELVIN);
        }
    }

    private static void sgls(TransportOptions options, MemorySegment s) {
        boolean keyed = options.trtype() == TransportType.RDMA;
        boolean offset = options.common().inCapsuleDataSizeBytes() > 0;
        Wire.putU32(
                s,
                IdentifyController.SGLS,
                IdentifyController.SGLS_SUPPORTED
                        | (keyed ? IdentifyController.SGLS_KEYED : IdentifyController.SGLS_TRANSPORT)
                        | (offset ? IdentifyController.SGLS_OFFSET : 0));
    }

    /** Ports, controllers and paths that share namespaces. */
    private static void sharing(MemorySegment s) {
        Wire.putU8(
                s,
                IdentifyController.CMIC,
                IdentifyController.CMIC_PORTS | IdentifyController.CMIC_CONTROLLERS | IdentifyController.CMIC_ANA);
        Wire.putU8(s, IdentifyController.ANATT, AnaLog.TRANSITION_SECONDS);
        Wire.putU8(s, IdentifyController.ANACAP, AnaLog.CAPABILITIES);
        Wire.putU32(s, IdentifyController.ANAGRPMAX, AnaLog.MAX_GROUPS);
        Wire.putU32(s, IdentifyController.NANAGRPID, AnaLog.MAX_GROUPS);
    }

    private static void queues(Controller controller, MemorySegment s) {
        int inCapsule = options(controller).common().inCapsuleDataSizeBytes();
        Wire.putU8(s, IdentifyController.SQES, SQES_64_BYTES);
        Wire.putU8(s, IdentifyController.CQES, CQES_16_BYTES);
        Wire.putU32(s, IdentifyController.IOCCSZ, (Sqe.BYTES + inCapsule) / 16);
        Wire.putU32(s, IdentifyController.IORCSZ, Cqe.BYTES / 16);
        boolean keyed = options(controller).trtype() == TransportType.RDMA;
        Wire.putU8(s, IdentifyController.MSDBD, keyed ? SglDescriptor.MAX_KEYED_DATA_BLOCKS : 1);
        Wire.putU16(s, IdentifyController.OFCS, IdentifyController.OFCS_DISCONNECT);
    }

    private static void namespaces(Controller controller, MemorySegment s) {
        int most = spec(controller).maxNamespaces();
        Wire.putU32(s, IdentifyController.NN, most);
        Wire.putU32(s, IdentifyController.MNAN, most);
        Wire.putU8(
                s,
                IdentifyController.NWPC,
                IdentifyController.NWPC_WRITE_PROTECT | IdentifyController.NWPC_UNTIL_POWER_CYCLE);
        int cache = controller.features().hasWriteCache() ? IdentifyController.VWC_PRESENT : 0;
        Wire.putU8(s, IdentifyController.VWC, cache | IdentifyController.VWC_BROADCAST_FLUSH);
    }

    /** Optional commands of the NVM command set, and their limits. */
    private static void nvmCommands(MemorySegment s) {
        Wire.putU16(
                s,
                IdentifyController.ONCS,
                IdentifyController.ONCS_DSM
                        | IdentifyController.ONCS_WRITE_ZEROES
                        | IdentifyController.ONCS_SELECT
                        | IdentifyController.ONCS_RESERVATIONS
                        | IdentifyController.ONCS_COMPARE
                        | IdentifyController.ONCS_WRITE_UNCORRECTABLE
                        | IdentifyController.ONCS_VERIFY
                        | IdentifyController.ONCS_COPY);
        Wire.putU16(s, IdentifyController.FUSES, IdentifyController.FUSES_COMPARE_AND_WRITE);
        Wire.putU16(s, IdentifyController.OCFS, IdentifyController.OCFS_FORMATS_0_AND_1);
    }
}
