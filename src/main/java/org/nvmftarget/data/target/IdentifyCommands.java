package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.NvmLimits;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nsid;

/** Identify (NVMe Base specification 2.0, section 5.17). */
final class IdentifyCommands {
    private IdentifyCommands() {}

    private static final Execution IDENTIFY = IdentifyCommands::identify;

    static int parse(Command c) {
        c.plan(IDENTIFY, Command.Scope.ADMIN, Direction.CONTROLLER_TO_HOST, Identify.BYTES);
        return AdminCommands.checkLength(c);
    }

    private static int identify(Command c) {
        int cns = Sqe.cdw10(c.sqe()) & 0xFF;
        if (cns == Identify.CNS_CONTROLLER) {
            ControllerPage.encode(c.controller(), c.buffer());
            return Status.SUCCESS;
        }
        if (c.controller().isDiscovery()) {
            return c.invalidField(Sqe.CDW10);
        }
        boolean nvm = Sqe.cdw11(c.sqe()) >>> 24 == Identify.CSI_NVM;
        return switch (cns) {
            case Identify.CNS_NAMESPACE -> namespace(c);
            case Identify.CNS_ACTIVE_NAMESPACES -> list(c);
            case Identify.CNS_NAMESPACE_DESCRIPTORS -> descriptors(c);
            case Identify.CNS_COMMAND_SET_NAMESPACE -> nvm ? zeroesFor(c) : c.invalidField(Sqe.CDW11 + 3);
            case Identify.CNS_COMMAND_SET_CONTROLLER -> nvm ? nvmLimits(c) : c.invalidField(Sqe.CDW11 + 3);
            case Identify.CNS_COMMAND_SET_ACTIVE_NAMESPACES -> nvm ? list(c) : c.invalidField(Sqe.CDW11 + 3);
            case Identify.CNS_INDEPENDENT_NAMESPACE -> independent(c);
            default -> c.invalidField(Sqe.CDW10);
        };
    }

    private static SubsystemView view(Command c) {
        return c.pair().part().view();
    }

    private static @Nullable Namespace active(Command c) {
        return c.pair().seen().namespace(c.nsid());
    }

    /** An inactive namespace has a page of zeroes; an invalid nsid has none. */
    private static int namespace(Command c) {
        if (c.nsid() == 0 || Integer.compareUnsigned(c.nsid(), view(c).spec.maxNamespaces()) > 0) {
            return c.invalidNamespace();
        }
        ControllerView.Attached found = c.pair().seen().find(c.nsid());
        if (found == null) {
            return zeroes(c);
        }
        NamespacePage.encode(found, c.pair().connection().options().common().maxIoSizeBytes(), c.buffer());
        return Status.SUCCESS;
    }

    private static int descriptors(Command c) {
        Namespace ns = active(c);
        if (ns == null) {
            return c.invalidNamespace();
        }
        NamespacePage.encodeDescriptors(ns, c.buffer());
        return Status.SUCCESS;
    }

    private static int independent(Command c) {
        Namespace ns = active(c);
        if (ns == null) {
            return c.invalidNamespace();
        }
        NamespacePage.encodeIndependent(ns, c.buffer());
        return Status.SUCCESS;
    }

    private static int zeroesFor(Command c) {
        return active(c) == null ? c.invalidNamespace() : zeroes(c);
    }

    private static int nvmLimits(Command c) {
        NvmLimits.encode(c.buffer().fill((byte) 0));
        return Status.SUCCESS;
    }

    private static int zeroes(Command c) {
        c.buffer().fill((byte) 0);
        return Status.SUCCESS;
    }

    /** The active nsids above the command's own. */
    private static int list(Command c) {
        if (c.nsid() == Nsid.BROADCAST || c.nsid() == Nsid.BROADCAST - 1) {
            return c.invalidNamespace();
        }
        MemorySegment page = c.buffer().fill((byte) 0);
        ControllerView seen = c.pair().seen();
        Namespace ns = seen.namespaceAfter(c.nsid());
        for (int i = 0; i < Identify.LIST_ENTRIES && ns != null; i++) {
            Wire.putU32(page, i * 4L, ns.nsid);
            ns = seen.namespaceAfter(ns.nsid);
        }
        return Status.SUCCESS;
    }
}
