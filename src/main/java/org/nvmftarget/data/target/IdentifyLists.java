package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nsid;

/** The lists of Identify: namespaces above an nsid, controllers from an id on. */
final class IdentifyLists {
    private IdentifyLists() {}

    static int namespaces(Command c) {
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

    /** CNS 12h: the controllers whose host sees the namespace. */
    static int attachedControllers(Command c) {
        if (c.nsid() == Nsid.BROADCAST) {
            return c.invalidField(Sqe.NSID);
        }
        if (!IdentifyCommands.isValidNsid(c)) {
            return c.invalidNamespace();
        }
        boolean visible = c.pair().seen().find(c.nsid()) != null; // a host hears nothing of what it may not see
        ReactorSubsystem part = c.pair().part();
        return list(c, controller -> visible && part.seenBy(controller.path()).find(c.nsid()) != null);
    }

    /** CNS 13h: the controllers of the subsystem. */
    static int controllers(Command c) {
        return list(c, controller -> true);
    }

    private static int list(Command c, Predicate<Controller> wanted) {
        MemorySegment page = c.buffer().fill((byte) 0);
        int first = Identify.cntid(c.sqe());
        int count = 0;
        for (Controller controller : c.controller().subsystem().controllers()) { // by ascending id
            boolean listed = controller.cntlid() >= first && !controller.isEnded() && wanted.test(controller);
            if (listed && count < Identify.CONTROLLER_LIST_ENTRIES) {
                count++;
                Wire.putU16(page, count * 2L, controller.cntlid());
            }
        }
        Wire.putU16(page, 0, count);
        return Status.SUCCESS;
    }
}
