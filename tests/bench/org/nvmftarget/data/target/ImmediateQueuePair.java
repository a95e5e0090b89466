package org.nvmftarget.data.target;

/** A core for benchmarks of transports: every command transfers the same, and is answered as soon as it is executed. */
public final class ImmediateQueuePair implements QueuePair {

    private final Direction direction;
    private final int transferLengthBytes;

    public ImmediateQueuePair(Direction direction, int transferLengthBytes) {
        this.direction = direction;
        this.transferLengthBytes = transferLengthBytes;
    }

    @Override
    public boolean receive(Request request) {
        request.transfer(direction, transferLengthBytes);
        return true;
    }

    @Override
    public void execute(Request request) {
        request.finish(true);
    }

    @Override
    public void fail(Request request, int status) {
        throw new IllegalStateException("a command failed with status " + status);
    }

    @Override
    public void close() {}

    @Override
    public int cntlid() {
        return 1;
    }

    @Override
    public int qid() {
        return 1;
    }
}
