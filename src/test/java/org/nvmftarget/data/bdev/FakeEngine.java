package org.nvmftarget.data.bdev;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A disk that says of each call what the test wants it to say; where the test wants nothing, that it is done. */
final class FakeEngine implements DiskEngine {

    /** Marks a status among what calls end in. */
    private static final int STATUS = 1 << 24;

    private final Deque<DiskCall> started = new ArrayDeque<>();
    private final Queue<Integer> script = new ConcurrentLinkedQueue<>();
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    /** What the next calls end in: bytes, or a negated errno; {@link Integer#MAX_VALUE} for all that was asked for. */
    void say(int... results) {
        for (int result : results) {
            script.add(result);
        }
    }

    /** What the next command to a drive ends in: a status of NVMe other than success. */
    void sayStatus(int status) {
        script.add(STATUS | status);
    }

    /** The calls so far, as in {@code READ 4096+512}, and none from now on. */
    List<String> calls() {
        List<String> all = new ArrayList<>();
        for (String call = seen.poll(); call != null; call = seen.poll()) {
            all.add(call);
        }
        return all;
    }

    @Override
    public void start(DiskCall call) {
        String mode = call.kind() == DiskCall.Kind.FALLOCATE ? " mode " + call.mode() : "";
        seen.add(call.kind() + " " + call.offset() + "+" + call.lengthBytes() + mode);
        started.add(call);
    }

    @Override
    public int poll() {
        int work = started.size();
        for (int n = 0; n < work; n++) {
            DiskCall call = started.remove();
            Integer result = script.poll();
            if (result != null && result > STATUS && result != Integer.MAX_VALUE) {
                call.refused(result - STATUS);
                continue;
            }
            boolean whole = result == null || result == Integer.MAX_VALUE;
            boolean moves = call.kind() != DiskCall.Kind.DATASYNC && call.kind() != DiskCall.Kind.FALLOCATE;
            call.done(whole ? (moves ? (int) call.lengthBytes() : 0) : result);
        }
        return work;
    }

    @Override
    public boolean arm() {
        return started.isEmpty();
    }

    @Override
    public @Nullable String refusesCommands() {
        return null;
    }

    @Override
    public void attach(OpenDisk disk) {
        // It needs none.
    }

    @Override
    public void detach(OpenDisk disk) {
        // As above.
    }

    @Override
    public void close() {
        if (!started.isEmpty()) {
            throw new AssertionError("closed with calls under way");
        }
    }
}
