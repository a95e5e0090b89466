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

    private static final int UPPER_HALF = 4;

    static int parse(Command c) {
        boolean admin = c.pair().qid() == 0;
        int fctype = Sqe.fctype(c.sqe());
        if (Sqe.fuse(c.sqe()) != 0) {
            return c.invalidField(Sqe.FLAGS);
        }
        if (admin && fctype == Opcode.FABRICS_PROPERTY_GET) {
            return plan(c, PROPERTY_GET);
        }
        if (admin && fctype == Opcode.FABRICS_PROPERTY_SET) {
            return plan(c, PROPERTY_SET);
        }
        return switch (fctype) {
            case Opcode.FABRICS_DISCONNECT ->
                admin ? c.refuse(Status.INVALID_QUEUE_TYPE, Sqe.FCTYPE) : plan(c, DISCONNECT);
            case Opcode.FABRICS_AUTH_SEND, Opcode.FABRICS_AUTH_RECEIVE -> AuthCommands.parse(c);
            case Opcode.FABRICS_CONNECT -> c.refuse(Status.COMMAND_SEQUENCE_ERROR, Sqe.FCTYPE);
            default -> c.refuse(Status.INVALID_OPCODE, Sqe.FCTYPE);
        };
    }

    private static int plan(Command c, Execution how) {
        c.plan(how, Command.Scope.NEVER_HELD, Direction.NONE, 0);
        return Status.SUCCESS;
    }

    private static int propertyGet(Command c) {
        int size = Property.size(c.sqe());
        int offset = Property.offset(c.sqe());
        if (size != Property.SIZE_4 && size != Property.SIZE_8) {
            return c.invalidField(Property.ATTRIB);
        }
        if (offset == Property.CAP && size == Property.SIZE_8) {
            c.result(c.controller().cap());
            return Status.SUCCESS;
        }
        long value = propertyOfFour(c.controller(), offset);
        boolean reserved = value < 0 && (size == Property.SIZE_4 || propertyOfFour(c.controller(), offset + 4) < 0);
        if (offset % bytes(size) != 0 || (size == Property.SIZE_8 && !reserved)) {
            return c.invalidField(Property.OFST);
        }
        // Reserved properties read as 0h: nvme-cli's show-regs asks for all that a PCIe controller has.
        c.result(reserved ? 0 : value);
        return Status.SUCCESS;
    }

    private static int bytes(int size) {
        return size == Property.SIZE_8 ? Long.BYTES : Integer.BYTES;
    }

    /** Four bytes, unsigned; negative if there is no such property. */
    private static long propertyOfFour(Controller controller, int offset) {
        return switch (offset) {
            case Property.CAP -> controller.cap() & 0xFFFF_FFFFL;
            case Property.CAP + UPPER_HALF -> controller.cap() >>> 32;
            case Property.VS -> Property.VERSION;
            case Property.CC -> controller.cc() & 0xFFFF_FFFFL;
            case Property.CSTS -> controller.csts() & 0xFFFF_FFFFL;
            case Property.NSSR -> 0; // it reads so even where there is a reset
            case Property.CRTO -> Property.READY_TIMEOUTS;
            default -> -1;
        };
    }

    /** CC alone can be written: there is no NVM subsystem reset, as CAP.NSSRS says, so NSSR cannot. */
    private static int propertySet(Command c) {
        if (Property.size(c.sqe()) != Property.SIZE_4) {
            return c.invalidField(Property.ATTRIB);
        }
        if (Property.offset(c.sqe()) != Property.CC) {
            return c.invalidField(Property.OFST);
        }
        int value = (int) Property.value(c.sqe());
        if ((value & Property.CC_SHN_MASK) == Property.CC_SHN_RESERVED) {
            return c.invalidField(Property.VALUE + 1);
        }
        c.controller().configure(value);
        return Status.SUCCESS;
    }

    /** The response is the queue's last one: what devices work on comes before it. */
    private static int disconnect(Command c) {
        if (Wire.u16(c.sqe(), Sqe.CDW10) != 0) {
            return c.refuse(Status.CONNECT_INCOMPATIBLE_FORMAT, Sqe.CDW10);
        }
        c.pair().disconnect(c);
        return Execution.LATER;
    }
}
