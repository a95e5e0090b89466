package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;

/** Fabrics commands of a queue that is connected (NVMe over Fabrics 1.1, section 3). */
final class FabricsCommands {
    private FabricsCommands() {}

    private static final Execution PROPERTY_GET = FabricsCommands::propertyGet;
    private static final Execution PROPERTY_SET = FabricsCommands::propertySet;
    private static final Execution DISCONNECT = FabricsCommands::disconnect;

    private static final int INVALID_FIELD = Status.INVALID_FIELD | Status.DNR;

    static int parse(Command c) {
        boolean admin = c.pair().qid() == 0;
        return switch (Sqe.fctype(c.sqe())) {
            case Opcode.FABRICS_PROPERTY_GET -> admin ? plan(c, PROPERTY_GET) : Status.INVALID_OPCODE | Status.DNR;
            case Opcode.FABRICS_PROPERTY_SET -> admin ? plan(c, PROPERTY_SET) : Status.INVALID_OPCODE | Status.DNR;
            case Opcode.FABRICS_DISCONNECT -> admin ? Status.INVALID_QUEUE_TYPE | Status.DNR : plan(c, DISCONNECT);
            case Opcode.FABRICS_CONNECT -> Status.COMMAND_SEQUENCE_ERROR | Status.DNR;
            default -> Status.INVALID_OPCODE | Status.DNR;
        };
    }

    private static int plan(Command c, Execution how) {
        c.plan(how, Command.Scope.NEVER_HELD, Direction.NONE, 0);
        return Status.SUCCESS;
    }

    private static int propertyGet(Command c) {
        Controller controller = c.controller();
        int offset = Property.offset(c.sqe());
        int size = offset == Property.CAP ? Property.SIZE_8 : Property.SIZE_4;
        if (Property.size(c.sqe()) != size) {
            return INVALID_FIELD;
        }
        switch (offset) {
            case Property.CAP -> c.result(controller.cap());
            case Property.VS -> c.result(Property.VERSION);
            case Property.CC -> c.result(controller.cc() & 0xFFFF_FFFFL);
            case Property.CSTS -> c.result(controller.csts() & 0xFFFF_FFFFL);
            case Property.NSSR -> c.result(0);
            default -> {
                return INVALID_FIELD;
            }
        }
        return Status.SUCCESS;
    }

    private static int propertySet(Command c) {
        if (Property.size(c.sqe()) != Property.SIZE_4) {
            return INVALID_FIELD;
        }
        switch (Property.offset(c.sqe())) {
            case Property.CC -> c.controller().configure((int) Property.value(c.sqe()));
            case Property.NSSR -> {
                // CAP.NSSRS says that there is no subsystem reset: a write has no effect.
            }
            default -> {
                return INVALID_FIELD;
            }
        }
        return Status.SUCCESS;
    }

    /** The connection ends once the response is on its way. */
    private static int disconnect(Command c) {
        if (Wire.u16(c.sqe(), Sqe.CDW10) != 0) {
            return Status.CONNECT_INCOMPATIBLE_FORMAT | Status.DNR;
        }
        CorePair pair = c.pair();
        c.complete(Status.SUCCESS);
        pair.leave(FabricsCommands::nothing);
        return Execution.LATER;
    }

    private static void nothing() {}
}
