package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.AuthCommand;
import org.nvmftarget.data.nvme.AuthMessage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/**
 * Authentication Send and Receive (NVMe Base specification 2.0, sections 6.1 and 6.2): all that a queue takes before its
 * host has authenticated, where it must.
 */
final class AuthCommands {
    private AuthCommands() {}

    private static final Execution SEND = c -> c.pair().authentication().send(c);
    private static final Execution RECEIVE = c -> c.pair().authentication().receive(c);

    /** Parses a command of a queue whose host has not authenticated yet. */
    static int parseLocked(Command c) {
        int fctype = Sqe.fctype(c.sqe());
        boolean welcome = c.opcode() == Opcode.FABRICS
                && (fctype == Opcode.FABRICS_AUTH_SEND || fctype == Opcode.FABRICS_AUTH_RECEIVE);
        if (!welcome) {
            return Status.AUTHENTICATION_REQUIRED | Status.DNR;
        }
        if (Sqe.psdt(c.sqe()) != Sqe.PSDT_SGL) {
            return c.invalidField(Sqe.FLAGS, 6);
        }
        return Sqe.fuse(c.sqe()) != Sqe.FUSE_NONE ? c.invalidField(Sqe.FLAGS) : parse(c);
    }

    static int parse(Command c) {
        if (!c.pair().mayAuthenticate()) {
            return c.refuse(Status.COMMAND_SEQUENCE_ERROR, Sqe.FCTYPE); // nobody asked for it
        }
        if (AuthCommand.secp(c.sqe()) != AuthCommand.SECP_NVME) {
            return c.invalidField(AuthCommand.SECP);
        }
        if (AuthCommand.spsp0(c.sqe()) != AuthCommand.SPSP_AUTHENTICATION) {
            return c.invalidField(AuthCommand.SPSP0);
        }
        if (AuthCommand.spsp1(c.sqe()) != AuthCommand.SPSP_AUTHENTICATION) {
            return c.invalidField(AuthCommand.SPSP1);
        }
        boolean send = Sqe.fctype(c.sqe()) == Opcode.FABRICS_AUTH_SEND;
        long length = AuthCommand.lengthBytes(c.sqe());
        long least = send ? 1 : AuthMessage.Failure.BYTES;
        if (length < least || length > AuthMessage.Negotiate.MOST_BYTES) {
            return c.invalidField(AuthCommand.LENGTH);
        }
        c.plan(
                send ? SEND : RECEIVE,
                Command.Scope.NEVER_HELD,
                send ? Direction.HOST_TO_CONTROLLER : Direction.CONTROLLER_TO_HOST,
                (int) length);
        return AdminCommands.checkLength(c);
    }
}
