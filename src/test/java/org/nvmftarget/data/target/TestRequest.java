package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.Status;

/** A command as a test sends it, and what came back. */
final class TestRequest extends Request {

    final MemorySegment sqe;
    private final byte[] hostData;
    private byte[] read = new byte[0];
    private int answers;
    private int order = -1;
    private TestQueue queue;

    TestRequest(MemorySegment sqe, byte[] hostData, TestQueue queue) {
        super(MemorySegment.ofArray(new byte[CQE_BYTES]));
        this.sqe = sqe;
        this.hostData = hostData;
        this.queue = queue;
    }

    void start(int sglLengthBytes, int fault) {
        begin(sqe, sglLengthBytes, fault);
    }

    /** A buffer, with the host's data in it where there are any. */
    void buffer() {
        byte[] bytes = new byte[transferLengthBytes() + 8];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        if (direction() == Direction.HOST_TO_CONTROLLER) {
            MemorySegment.copy(
                    hostData, 0, segment, ValueLayout.JAVA_BYTE, 8, Math.min(hostData.length, transferLengthBytes()));
        }
        data(segment, 8);
    }

    @Override
    protected void respond() {
        answers++;
        order = queue.answered(this);
        if (succeeded() && direction() == Direction.CONTROLLER_TO_HOST) {
            read = data().asSlice(dataOffset(), transferLengthBytes()).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    boolean isAnswered() {
        return answers > 0;
    }

    int answers() {
        return answers;
    }

    /** Which answer of its queue this was, from 0. */
    int order() {
        return order;
    }

    int status() {
        if (answers != 1) {
            throw new AssertionError("answered " + answers + " times");
        }
        return Cqe.status(cqe()) & ~Status.MORE;
    }

    /** Whether the error log has more on it. */
    boolean hasMore() {
        return (Cqe.status(cqe()) & Status.MORE) != 0;
    }

    int dw0() {
        return Cqe.dw0(cqe());
    }

    byte[] read() {
        return read;
    }

    MemorySegment page() {
        return MemorySegment.ofArray(read);
    }
}
