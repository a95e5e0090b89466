package org.nvmftarget.data.target;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.AuthCommand;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nqn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connect, the first command of every queue (NVMe over Fabrics 1.1, section 3.3). What may be otherwise a moment later
 * is refused without DNR: a host that gets DNR never comes back.
 */
final class ConnectCommand {
    private ConnectCommand() {}

    private static final Logger LOG = LoggerFactory.getLogger(ConnectCommand.class);
    private static final Execution EXECUTE = ConnectCommand::execute;
    private static final int INVALID = Status.CONNECT_INVALID_PARAMETERS;

    /** The first command of a queue. */
    static int parse(Command c) {
        if (c.opcode() != Opcode.FABRICS || Sqe.fctype(c.sqe()) != Opcode.FABRICS_CONNECT) {
            return Status.COMMAND_SEQUENCE_ERROR | Status.DNR;
        }
        c.plan(EXECUTE, Command.Scope.ADMIN, Direction.HOST_TO_CONTROLLER, ConnectData.BYTES);
        if (Sqe.fuse(c.sqe()) != 0 || Sqe.psdt(c.sqe()) != Sqe.PSDT_SGL) {
            return inCommand(c, Sqe.FLAGS) | Status.DNR; // Invalid Field is not for Connect
        }
        return c.request.sglLengthBytes() == ConnectData.BYTES
                ? Status.SUCCESS
                : Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
    }

    private static int execute(Command c) {
        if (c.pair().isConnected()) {
            return Status.COMMAND_SEQUENCE_ERROR | Status.DNR; // two at once, and the first has won
        }
        int status = checkCommand(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        ConnectData data = ConnectData.decode(c.request.data(), c.request.dataOffset());
        int qid = Connect.qid(c.sqe());
        if (qid == 0 && data.hostIdHigh() == 0 && data.hostIdLow() == 0) {
            return inData(c, ConnectData.HOSTID) | Status.DNR; // hosts without one could not be told apart
        }
        if (Nqn.fault(data.subnqn()).isPresent()) {
            return inData(c, ConnectData.SUBNQN) | Status.DNR;
        }
        if (Nqn.fault(data.hostnqn()).isPresent()) {
            return inData(c, ConnectData.HOSTNQN) | Status.DNR;
        }
        return toSubsystem(c, data, qid);
    }

    private static int checkCommand(Command c) {
        if (Connect.recfmt(c.sqe()) != 0) {
            return Status.CONNECT_INCOMPATIBLE_FORMAT | Status.DNR;
        }
        int max = c.pair().connection().maxQueueEntries(Connect.qid(c.sqe()) == 0);
        int sqsize = Connect.sqsize(c.sqe());
        if (sqsize == 0 || sqsize >= max) {
            return inCommand(c, Connect.SQSIZE) | Status.DNR;
        }
        if ((Connect.cattr(c.sqe()) & Connect.CATTR_RESERVED) != 0) {
            return inCommand(c, Connect.CATTR) | Status.DNR;
        }
        return Status.SUCCESS;
    }

    private static int toSubsystem(Command c, ConnectData data, int qid) {
        CorePair pair = c.pair();
        Nqn nqn = new Nqn(data.subnqn());
        Subsystem subsystem = pair.target().find(nqn);
        if (subsystem == null) {
            return inData(c, ConnectData.SUBNQN) | (pair.target().mayReturn(nqn) ? 0 : Status.DNR);
        }
        ReactorSubsystem part = subsystem.part(pair.reactorIndex());
        if (part.holdIfGated(c)) {
            pair.heldIn(part);
            return Execution.LATER;
        }
        Nqn host = new Nqn(data.hostnqn());
        SubsystemView view = part.view();
        if (view.deactivating || !view.hasListener(pair.listener())) {
            return inData(c, ConnectData.SUBNQN);
        }
        if (!view.allows(host)) {
            LOG.warn(
                    "host {} at {} is not allowed on {}",
                    host,
                    pair.connection().peer(),
                    nqn);
            return Status.CONNECT_INVALID_HOST | Status.DNR;
        }
        if (!pair.target().authentications().canAuthenticate(view.spec, host)) {
            LOG.warn(
                    "host {} at {} must authenticate on {}, and its key is not there yet",
                    host,
                    pair.connection().peer(),
                    nqn);
            return Status.CONNECT_CONTROLLER_BUSY;
        }
        return qid == 0 ? createController(c, part, host, data) : addQueue(c, part, host, data, qid);
    }

    private static int createController(Command c, ReactorSubsystem part, Nqn host, ConnectData data) {
        if (data.cntlid() != Connect.CNTLID_DYNAMIC) {
            return inData(c, ConnectData.CNTLID) | Status.DNR;
        }
        CorePair pair = c.pair();
        Subsystem subsystem = part.subsystem();
        Controller controller = subsystem.create(
                id -> new Controller(subsystem, id, host, data, pair),
                pair.reactor().nowNs());
        if (controller == null) {
            return Status.CONNECT_CONTROLLER_BUSY;
        }
        controller.keepAlive().set(Connect.katoMs(c.sqe()));
        connected(c, controller, part, 0);
        controller.viewBegins(pair.seen());
        LOG.info(
                "controller {} of {} for host {} at {}",
                controller.cntlid(),
                subsystem.nqn(),
                host,
                pair.connection().peer());
        return Status.SUCCESS;
    }

    private static int addQueue(Command c, ReactorSubsystem part, Nqn host, ConnectData data, int qid) {
        @Nullable Controller controller = part.subsystem().controller(data.cntlid());
        if (controller == null) {
            return inData(c, ConnectData.CNTLID);
        }
        if (!controller.host().equals(host)) {
            return inData(c, ConnectData.HOSTNQN) | Status.DNR;
        }
        if (!controller.isOf(data)) {
            return inData(c, ConnectData.HOSTID) | Status.DNR;
        }
        if (!controller.admin().listener().equals(c.pair().listener())) {
            return inData(c, ConnectData.CNTLID) | Status.DNR; // an association is with one port
        }
        if (qid > controller.maxIoQueues()) {
            return inCommand(c, Connect.QID) | Status.DNR;
        }
        int status = controller.attach(qid, c.pair());
        if (status == INVALID) {
            return inData(c, ConnectData.CNTLID);
        }
        if (status == Status.SUCCESS) {
            connected(c, controller, part, qid);
        }
        return status;
    }

    private static void connected(Command c, Controller controller, ReactorSubsystem part, int qid) {
        boolean flow = (Connect.cattr(c.sqe()) & Connect.CATTR_DISABLE_SQ_FLOW) == 0;
        c.pair().connected(controller, part, qid, Connect.sqsize(c.sqe()) + 1, flow);
        boolean authenticates = c.pair().target().authentications().begin(c.pair(), part.view().spec);
        c.result(controller.cntlid() | (authenticates ? AuthCommand.CONNECT_AUTHENTICATION_REQUIRED : 0));
    }

    private static int inCommand(Command c, long offset) {
        c.result(Connect.invalidInCommand(offset));
        return INVALID;
    }

    private static int inData(Command c, long offset) {
        c.result(Connect.invalidInData(offset));
        return INVALID;
    }
}
