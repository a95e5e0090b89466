package org.nvmftarget.data.target;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/**
 * The fused commands of one queue (NVMe Base specification 2.0, section 3.4.2): Compare and Write, which come one right
 * behind the other, and are carried out as one when the data of both are here and nothing holds them (NVM Command Set
 * 1.0, section 2.1.3). A Compare that fails takes its Write with it; a Write that fails leaves its Compare alone.
 */
final class FusedPairs {

    private static final Execution ARRIVE = c -> c.pair().fused().arrive(c);

    private final CorePair pair;
    /** Whose second must be the next command. */
    private @Nullable Command first;
    /** A first command was answered with an error, and nothing has come since. */
    private boolean firstFailed;
    /** Executed, and waiting for their partners. */
    private final ArrayDeque<Command> waiting = new ArrayDeque<>(2);

    FusedPairs(CorePair pair) {
        this.pair = pair;
    }

    /** Whether the next command must be {@linkplain #parse looked at} even if it is not fused. */
    boolean expectsSecond() {
        return first != null || firstFailed;
    }

    /** Parses a command that is fused, or comes behind a first one. */
    int parse(Command c, int fuse) {
        Command open = first;
        boolean failed = firstFailed;
        first = null;
        firstFailed = false;
        if (fuse == Sqe.FUSE_SECOND && open != null && c.opcode() == Opcode.WRITE) {
            return parseSecond(c, open);
        }
        if (open != null) {
            open.fuse(Sqe.FUSE_NONE, null);
            end(open, Status.ABORTED_MISSING_FUSED);
        }
        return switch (fuse) {
            case Sqe.FUSE_NONE -> pair.parseOne(c);
            case Sqe.FUSE_FIRST -> parseFirst(c);
            case Sqe.FUSE_SECOND -> failed ? Status.ABORTED_FAILED_FUSED : Status.ABORTED_MISSING_FUSED;
            default -> c.invalidField(Sqe.FLAGS);
        };
    }

    private int parseFirst(Command c) {
        if (pair.qid() <= 0 || c.opcode() == Opcode.FABRICS) {
            return c.invalidField(Sqe.FLAGS);
        }
        c.fuse(Sqe.FUSE_FIRST, null);
        if (c.opcode() != Opcode.COMPARE) {
            return c.invalidField(Sqe.FLAGS);
        }
        int status = pair.parseOne(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        first = c;
        c.carryOutBy(ARRIVE);
        return Status.SUCCESS;
    }

    private int parseSecond(Command c, Command open) {
        open.fuse(Sqe.FUSE_FIRST, c);
        c.fuse(Sqe.FUSE_SECOND, open);
        int status = pair.parseOne(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        if (!isSameRange(open, c)) {
            part(open, c);
            end(open, open.invalidField(Sqe.CDW10));
            return c.invalidField(Sqe.CDW10);
        }
        c.carryOutBy(ARRIVE);
        return Status.SUCCESS;
    }

    private static boolean isSameRange(Command a, Command b) {
        return a.nsid() == b.nsid()
                && Sqe.slba(a.sqe()) == Sqe.slba(b.sqe())
                && Sqe.blocks(a.sqe()) == Sqe.blocks(b.sqe());
    }

    /** The data of one are here, and nothing holds it. */
    private int arrive(Command c) {
        Command partner = c.partner();
        if (partner == null || !waiting.remove(partner)) {
            waiting.addLast(c);
            return Execution.LATER;
        }
        if (c.fuse() == Sqe.FUSE_FIRST) {
            run(c, partner);
        } else {
            run(partner, c);
        }
        return Execution.LATER;
    }

    private void run(Command compare, Command write) {
        int status = IoCommands.revalidate(compare);
        if (status == Status.SUCCESS && tooLong(compare)) {
            status = compare.refuse(Status.ATOMIC_WRITE_UNIT_EXCEEDED, Sqe.CDW12);
        }
        if (status != Status.SUCCESS) {
            endBoth(compare, write, status, Status.ABORTED_FAILED_FUSED);
            return;
        }
        status = IoCommands.revalidate(write);
        if (status != Status.SUCCESS) {
            part(compare, write);
            IoCommands.goOnAlone(compare);
            pair.execute(compare.request);
            write.complete(status);
            return;
        }
        write.submitFused(compare, IoCommands.flags(compare) | IoCommands.flags(write));
    }

    private static boolean tooLong(Command c) {
        return Sqe.blocks(c.sqe()) > c.namespace().bdev.traits().compareAndWriteBlocks();
    }

    /** The device has done what both commands ask for, or has not. */
    void done(Command write, BdevStatus status) {
        Command compare = write.partner();
        if (compare == null) {
            throw new IllegalStateException("a fused operation of one command");
        }
        switch (status) {
            case OK -> endBoth(compare, write, Status.SUCCESS, Status.SUCCESS);
            case NO_SPACE, IO_ERROR, UNSUPPORTED ->
                endBoth(compare, write, Status.SUCCESS, IoCommands.statusOf(status, Opcode.WRITE));
            default ->
                endBoth(compare, write, IoCommands.statusOf(status, Opcode.COMPARE), Status.ABORTED_FAILED_FUSED);
        }
    }

    /** The device has not begun what both commands ask for, and will not. */
    void abandon(Command write, int status) {
        Command compare = write.partner();
        if (compare == null) {
            throw new IllegalStateException("a fused operation of one command");
        }
        endBoth(compare, write, status, status);
    }

    private static void endBoth(Command compare, Command write, int compareStatus, int writeStatus) {
        part(compare, write);
        compare.complete(compareStatus);
        write.complete(writeStatus);
    }

    private static void part(Command compare, Command write) {
        compare.fuse(Sqe.FUSE_NONE, null);
        write.fuse(Sqe.FUSE_NONE, null);
    }

    /** One of a pair is being answered, and not by what both did: what becomes of the other. */
    void ended(Command c) {
        Command partner = c.partner();
        boolean isFirst = c.fuse() == Sqe.FUSE_FIRST;
        c.fuse(Sqe.FUSE_NONE, null);
        if (partner == null) {
            first = null;
            firstFailed = isFirst;
            return;
        }
        partner.fuse(Sqe.FUSE_NONE, null);
        if (isFirst) {
            end(partner, Status.ABORTED_FAILED_FUSED);
        } else {
            IoCommands.goOnAlone(partner);
            if (waiting.remove(partner)) {
                pair.execute(partner.request);
            }
        }
    }

    /** Ends a command that is in a pair no longer: now, or when its data are here. */
    private void end(Command c, int status) {
        c.decide(status);
        if (waiting.remove(c)) {
            c.complete(status);
        }
    }

    /** Ends a waiting command with this id; false if there is none. */
    boolean abort(int cid) {
        for (Command c : waiting) {
            if (c.cid() == cid) {
                waiting.remove(c);
                c.complete(Status.ABORTED_BY_REQUEST);
                return true;
            }
        }
        return false;
    }

    /** The queue is gone: what still comes in is ended by it. */
    void close() {
        first = null;
        firstFailed = false;
        for (Command c = waiting.pollFirst(); c != null; c = waiting.pollFirst()) {
            c.complete(Status.ABORTED_SQ_DELETION);
        }
    }
}
