package org.nvmftarget.verbs;

import java.util.List;
import java.util.Objects;
import org.nvmftarget.data.ffi.verbs.PostedWork;
import org.nvmftarget.data.ffi.verbs.SendWr;

/** The host's end of a connection. */
final class HostEndpoint extends RcEndpoint {

    /** 0.64 ms. */
    private static final long RNR_TIMER_NS = 640_000;

    /** Who hears of messages and of the end. Called by the hardware. */
    interface User {
        /** @param invalidatedKey the key that came with it, or 0 */
        void message(byte[] bytes, int invalidatedKey);

        /** The queue pair is in the error state. */
        void broken(String why);
    }

    private final HostMemory memory;
    private final User user;
    private int receives;
    private long posted;

    HostEndpoint(World world, String name, HostMemory memory, User user, int receives) {
        super(world, name);
        this.memory = memory;
        this.user = user;
        this.receives = receives;
        boolean _ = modify(State.INIT);
    }

    void connect(RcEndpoint other, int readsServed, int rnrRetries) {
        connectTo(other);
        maxReadsServed = readsServed;
        this.rnrRetries = rnrRetries;
        boolean _ = modify(State.RTR) && modify(State.RTS);
    }

    void send(byte[] message) {
        PostedWork wr = new PostedWork(posted, SendWr.SEND, SendWr.SIGNALED, 0, 0, 0, List.of());
        post(new SendWork(wr, posted++, List.of(), world.dma(), message));
    }

    /** One more receive is there. */
    void postReceive() {
        receives++;
    }

    int receives() {
        return receives;
    }

    @Override
    boolean deliver(SendWork message) {
        if (receives == 0) {
            return false;
        }
        boolean invalidates = message.wr.opcode() == SendWr.SEND_WITH_INV;
        int key = invalidates ? message.wr.invalidatedKey() : 0;
        receives--;
        if (invalidates && !memory.invalidate(key)) {
            refused(message, Wc.REMOTE_ACCESS);
            fail("invalidation of a key that is none");
            return true;
        }
        accepted(message);
        user.message(message.payload(), key);
        return true;
    }

    @Override
    int remoteAccess(SendWork work) {
        boolean write = work.wr.opcode() == SendWr.RDMA_WRITE;
        return memory.find(work.wr.remoteAddress(), work.length(), work.wr.remoteKey(), write) == null
                ? Wc.REMOTE_ACCESS
                : Wc.SUCCESS;
    }

    @Override
    byte[] readMemory(SendWork work) {
        byte[] data = new byte[work.length()];
        HostMemory.Buffer buffer = buffer(work, false);
        System.arraycopy(buffer.bytes(), offset(work, buffer), data, 0, data.length);
        return data;
    }

    @Override
    void writeMemory(SendWork work) {
        HostMemory.Buffer buffer = buffer(work, true);
        System.arraycopy(work.payload(), 0, buffer.bytes(), offset(work, buffer), work.length());
    }

    private HostMemory.Buffer buffer(SendWork work, boolean write) {
        return Objects.requireNonNull(
                memory.find(work.wr.remoteAddress(), work.length(), work.wr.remoteKey(), write),
                "the key was taken back while the target used it");
    }

    private static int offset(SendWork work, HostMemory.Buffer buffer) {
        return Math.toIntExact(work.wr.remoteAddress() - buffer.address());
    }

    @Override
    long rnrTimerNs() {
        return RNR_TIMER_NS;
    }

    @Override
    void sendCompleted(SendWork work, int status) {
        // The host keeps its capsules until they are answered.
    }

    @Override
    boolean flushReceive() {
        receives = 0;
        return false;
    }

    @Override
    void enteredError(String why) {
        user.broken(why);
    }
}
