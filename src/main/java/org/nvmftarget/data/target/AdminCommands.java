package org.nvmftarget.data.target;

import java.util.Optional;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/** Admin commands of a connected admin queue (NVMe Base specification 2.0, section 5). */
final class AdminCommands {
    private AdminCommands() {}

    private static final Execution KEEP_ALIVE = c -> Status.SUCCESS; // that it came is what counts
    private static final Execution ASYNC_EVENT_REQUEST =
            c -> c.controller().events().request(c);
    private static final Execution ABORT = AdminCommands::abort;

    private static final int NOT_ABORTED = 1;

    static int parse(Command c) {
        if (c.opcode() == Opcode.KEEP_ALIVE) {
            c.plan(KEEP_ALIVE, Command.Scope.NEVER_HELD, Direction.NONE, 0);
            return Status.SUCCESS;
        }
        if (!c.controller().isReady()) {
            return c.refuse(Status.COMMAND_SEQUENCE_ERROR, Sqe.OPCODE);
        }
        return switch (c.opcode()) {
            case Opcode.IDENTIFY -> IdentifyCommands.parse(c);
            case Opcode.GET_LOG_PAGE -> LogPages.parse(c);
            case Opcode.SET_FEATURES -> Features.parseSet(c);
            case Opcode.GET_FEATURES -> Features.parseGet(c);
            case Opcode.ASYNC_EVENT_REQUEST -> plan(c, ASYNC_EVENT_REQUEST);
            case Opcode.ABORT -> plan(c, ABORT);
            default -> c.refuse(Status.INVALID_OPCODE, Sqe.OPCODE);
        };
    }

    private static int plan(Command c, Execution how) {
        c.plan(how, Command.Scope.NEVER_HELD, Direction.NONE, 0);
        return Status.SUCCESS;
    }

    /** The SGL describes just what the command transfers, and no more than MDTS. */
    static int checkLength(Command c) {
        if (!IoCommands.checkTransfer(c)) {
            return c.invalidField(Sqe.SGL1);
        }
        return c.request.sglLengthBytes() == c.request.transferLengthBytes()
                ? Status.SUCCESS
                : c.refuse(Status.DATA_SGL_LENGTH_INVALID, Sqe.SGL1);
    }

    /** Ends what the core holds. What a device works on is not aborted: it ends by itself. */
    private static int abort(Command c) {
        Controller controller = c.controller();
        int sqid = Sqe.cdw10(c.sqe()) & 0xFFFF;
        int cid = Sqe.cdw10(c.sqe()) >>> 16;
        if (!controller.beginAbort(ControllerPage.ACL + 1)) {
            return Status.ABORT_COMMAND_LIMIT_EXCEEDED;
        }
        if (sqid == 0) {
            boolean found = controller.events().abort(cid) || c.pair().abort(cid);
            return aborted(c, found);
        }
        Optional<CorePair> queue = controller.queue(sqid);
        if (queue.isEmpty()) {
            return aborted(c, false);
        }
        CorePair there = queue.get();
        CorePair here = c.pair();
        here.ioBegins();
        there.reactor().execute(() -> {
            boolean found = there.abort(cid);
            here.reactor().execute(() -> {
                c.complete(aborted(c, found));
                here.ioEnds();
            });
        });
        return Execution.LATER;
    }

    private static int aborted(Command c, boolean found) {
        c.controller().endAbort();
        c.result(found ? 0 : NOT_ABORTED);
        return Status.SUCCESS;
    }
}
