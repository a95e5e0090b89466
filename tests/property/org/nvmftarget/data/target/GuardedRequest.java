package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** A request whose command, buffer and completion entry have guards on both sides, as they would have neighbours. */
final class GuardedRequest extends Request {

    private static final int GUARD_BYTES = 64;
    private static final byte GUARD = (byte) 0xA5;

    private final MemorySegment command;
    private final MemorySegment before;
    private final MemorySegment completion;
    private final Random random;
    private MemorySegment around = guarded(0);
    private int answers;

    GuardedRequest(MemorySegment sqe, Random random) {
        MemorySegment entry = guarded(CQE_BYTES);
        super(entry.asSlice(GUARD_BYTES, CQE_BYTES));
        completion = entry;
        command = guarded(SQE_BYTES);
        MemorySegment.copy(sqe, 0, command, GUARD_BYTES, SQE_BYTES);
        before = MemorySegment.ofArray(command.toArray(ValueLayout.JAVA_BYTE));
        this.random = random;
    }

    private static MemorySegment guarded(int bytes) {
        MemorySegment s = MemorySegment.ofArray(new byte[bytes + 2 * GUARD_BYTES]);
        s.asSlice(0, GUARD_BYTES).fill(GUARD);
        s.asSlice(GUARD_BYTES + bytes, GUARD_BYTES).fill(GUARD);
        return s;
    }

    void start(int sglLengthBytes, int fault) {
        begin(command.asSlice(GUARD_BYTES, SQE_BYTES), sglLengthBytes, fault);
    }

    /**
     * A buffer, with the host's data where there are any.
     *
     * @param written what they begin with; the rest is random
     */
    void buffer(byte[] written) {
        int n = transferLengthBytes();
        around = guarded(n);
        if (direction() == Direction.HOST_TO_CONTROLLER) {
            byte[] bytes = new byte[n];
            random.nextBytes(bytes);
            System.arraycopy(written, 0, bytes, 0, Math.min(written.length, n));
            MemorySegment.copy(bytes, 0, around, ValueLayout.JAVA_BYTE, GUARD_BYTES, n);
        }
        data(around, GUARD_BYTES);
    }

    @Override
    protected void respond() {
        answers++;
        checkGuards();
    }

    /** Nothing but buffer and completion entry was touched. */
    void checkGuards() {
        if (command.mismatch(before) >= 0) {
            throw new AssertionError("the command was written to");
        }
        check(completion, CQE_BYTES, "completion entry");
        check(around, transferLengthBytesOfBuffer(), "buffer");
    }

    private int transferLengthBytesOfBuffer() {
        return (int) around.byteSize() - 2 * GUARD_BYTES;
    }

    private static void check(MemorySegment s, int bytes, String what) {
        for (int i = 0; i < GUARD_BYTES; i++) {
            if (s.get(ValueLayout.JAVA_BYTE, i) != GUARD
                    || s.get(ValueLayout.JAVA_BYTE, GUARD_BYTES + bytes + i) != GUARD) {
                throw new AssertionError("something beside the " + what + " was written to, near byte " + i);
            }
        }
    }

    int answers() {
        return answers;
    }
}
