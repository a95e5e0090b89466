package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.List;

/** A core for tests of transports: takes what comes, and answers when the test says so. */
public final class ScriptedQueuePair implements QueuePair {

    /** What the next commands transfer. */
    public Direction direction = Direction.NONE;

    public int transferLengthBytes;

    /** Parsed commands that are to be answered. */
    public final List<Request> executing = new ArrayList<>();

    /** Commands that could not be carried out, with their status. */
    public final List<Integer> failures = new ArrayList<>();

    public boolean closed;

    /** Answers a command that is executing. */
    public void answer(Request request, boolean success) {
        executing.remove(request);
        request.finish(success);
    }

    @Override
    public boolean receive(Request request) {
        if (request.sglFault() != 0) {
            fail(request, request.sglFault());
            return false;
        }
        request.transfer(direction, transferLengthBytes);
        return true;
    }

    @Override
    public void execute(Request request) {
        executing.add(request);
    }

    @Override
    public void fail(Request request, int status) {
        failures.add(status);
        request.finish(false);
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public int cntlid() {
        return 1;
    }

    @Override
    public int qid() {
        return 1;
    }
}
