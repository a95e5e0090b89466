package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.NvmLimits;
import org.nvmftarget.data.nvme.Status;

/**
 * Identify (NVMe Base specification 2.0, section 5.17). A namespace is allocated for whoever may see it, and attached to
 * his controllers: what is said of allocated namespaces and of active ones is the same.
 */
final class IdentifyCommands {
    private IdentifyCommands() {}

    private static final Execution IDENTIFY = IdentifyCommands::identify;

    static int parse(Command c) {
        c.plan(IDENTIFY, Command.Scope.ADMIN, Direction.CONTROLLER_TO_HOST, Identify.BYTES);
        return AdminCommands.checkLength(c);
    }

    private static int identify(Command c) {
        int cns = Identify.cns(c.sqe());
        if (cns == Identify.CNS_CONTROLLER) {
            ControllerPage.encode(c.controller(), c.buffer());
            return Status.SUCCESS;
        }
        if (c.controller().isDiscovery()) {
            return c.invalidField(Identify.CNS);
        }
        return switch (cns) {
            case Identify.CNS_NAMESPACE, Identify.CNS_ALLOCATED_NAMESPACE -> namespace(c);
            case Identify.CNS_NAMESPACE_DESCRIPTORS -> descriptors(c);
            case Identify.CNS_INDEPENDENT_NAMESPACE -> independent(c);
            case Identify.CNS_ACTIVE_NAMESPACES, Identify.CNS_ALLOCATED_NAMESPACES -> IdentifyLists.namespaces(c);
            case Identify.CNS_ATTACHED_CONTROLLERS -> IdentifyLists.attachedControllers(c);
            case Identify.CNS_CONTROLLERS -> IdentifyLists.controllers(c);
            case Identify.CNS_PRIMARY_CONTROLLER -> primaryController(c);
            case Identify.CNS_SECONDARY_CONTROLLERS -> zeroes(c); // there are none
            case Identify.CNS_COMMAND_SETS -> commandSets(c);
            default -> Identify.csi(c.sqe()) == Identify.CSI_NVM ? ofNvm(c, cns) : notNvm(c, cns);
        };
    }

    /** What one command set has to say, for the NVM command set. */
    private static int ofNvm(Command c, int cns) {
        return switch (cns) {
            case Identify.CNS_COMMAND_SET_NAMESPACE, Identify.CNS_COMMAND_SET_ALLOCATED_NAMESPACE -> nvmNamespace(c);
            case Identify.CNS_COMMAND_SET_CONTROLLER -> nvmLimits(c);
            case Identify.CNS_COMMAND_SET_ACTIVE_NAMESPACES, Identify.CNS_COMMAND_SET_ALLOCATED_NAMESPACES ->
                IdentifyLists.namespaces(c);
            case Identify.CNS_NAMESPACE_GRANULARITY -> zeroes(c); // any size is as good as any other
            default -> c.invalidField(Identify.CNS);
        };
    }

    private static int notNvm(Command c, int cns) {
        return switch (cns) {
            case Identify.CNS_COMMAND_SET_NAMESPACE,
                    Identify.CNS_COMMAND_SET_CONTROLLER,
                    Identify.CNS_COMMAND_SET_ACTIVE_NAMESPACES,
                    Identify.CNS_COMMAND_SET_ALLOCATED_NAMESPACES,
                    Identify.CNS_COMMAND_SET_ALLOCATED_NAMESPACE -> c.invalidField(Identify.CSI);
            case Identify.CNS_NAMESPACE_GRANULARITY -> c.refuse(Status.INVALID_IO_COMMAND_SET, Identify.CSI);
            default -> c.invalidField(Identify.CNS);
        };
    }

    /** Whether a namespace could have the command's nsid. */
    static boolean isValidNsid(Command c) {
        return c.nsid() != 0
                && Integer.compareUnsigned(c.nsid(), c.pair().part().view().spec.maxNamespaces()) <= 0;
    }

    private static ControllerView seen(Command c) {
        return c.pair().seen();
    }

    /** An inactive namespace has a page of zeroes; an invalid nsid has none. */
    private static int namespace(Command c) {
        if (!isValidNsid(c)) {
            return c.invalidNamespace();
        }
        ControllerView.Attached found = seen(c).find(c.nsid());
        if (found == null) {
            return zeroes(c);
        }
        NamespacePage.encode(found, c.pair().connection().options().common().maxIoSizeBytes(), c.buffer());
        return Status.SUCCESS;
    }

    private static int nvmNamespace(Command c) {
        if (!isValidNsid(c)) {
            return c.invalidNamespace();
        }
        NamespacePage.encodeCommandSet(c.buffer());
        return Status.SUCCESS;
    }

    private static int descriptors(Command c) {
        Namespace ns = seen(c).namespace(c.nsid());
        if (ns == null) {
            return c.invalidNamespace();
        }
        NamespacePage.encodeDescriptors(ns, c.buffer());
        return Status.SUCCESS;
    }

    private static int independent(Command c) {
        if (!isValidNsid(c)) {
            return c.invalidNamespace();
        }
        Namespace ns = seen(c).namespace(c.nsid());
        if (ns == null) {
            return zeroes(c);
        }
        NamespacePage.encodeIndependent(ns, c.buffer());
        return Status.SUCCESS;
    }

    private static int primaryController(Command c) {
        zeroes(c);
        Controller controller = c.controller();
        int portId = c.pair().target().transports().portId(controller.admin().listener());
        Identify.encodePrimaryController(c.buffer(), controller.cntlid(), portId);
        return Status.SUCCESS;
    }

    private static int commandSets(Command c) {
        int cntid = Identify.cntid(c.sqe());
        if (cntid != Identify.CNTID_SELF && c.controller().subsystem().controller(cntid) == null) {
            return c.invalidField(Identify.CNTID);
        }
        zeroes(c);
        Identify.encodeCommandSets(c.buffer());
        return Status.SUCCESS;
    }

    private static int nvmLimits(Command c) {
        NvmLimits.encode(c.buffer().fill((byte) 0));
        return Status.SUCCESS;
    }

    private static int zeroes(Command c) {
        c.buffer().fill((byte) 0);
        return Status.SUCCESS;
    }
}
