package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;

/**
 * Whether a command may do what it asks of a namespace: the one place that is asked, once the namespace is found and
 * before the command's fields are looked at, at parsing and again at execution if the controller's view is another one
 * by then.
 */
final class IoAccess {
    private IoAccess() {}

    /** What a command does with a namespace's data. */
    enum Kind {
        /** It touches none. */
        NONE,
        /** Read, Compare, Verify. */
        READ,
        /** Write, Write Zeroes, Write Uncorrectable, Dataset Management. */
        WRITE,
        /** Copy: it reads and writes. */
        COPY,
        /** Flush: in the write group of a reservation, but harmless to what is write protected. */
        FLUSH
    }

    /** By the opcode of an I/O command. */
    static Kind kind(int opcode) {
        return switch (opcode) {
            case Opcode.READ, Opcode.COMPARE, Opcode.VERIFY -> Kind.READ;
            case Opcode.WRITE, Opcode.WRITE_ZEROES, Opcode.WRITE_UNCORRECTABLE, Opcode.DATASET_MANAGEMENT -> Kind.WRITE;
            case Opcode.COPY -> Kind.COPY;
            case Opcode.FLUSH -> Kind.FLUSH;
            default -> Kind.NONE;
        };
    }

    /**
     * A status other than success ends the command; for a Flush of all namespaces it leaves this one out.
     *
     * @param to a namespace of the controller, as the view has it that the command is checked against
     */
    static int check(Command c, ControllerView.Attached to) {
        if (to.pathStatus != Status.SUCCESS) {
            return to.pathStatus;
        }
        NamespaceGuard guard = to.namespace.guard;
        return guard == null
                ? Status.SUCCESS
                : guard.check(kind(c.opcode()), c.controller().identity());
    }
}
