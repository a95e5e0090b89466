package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.ffi.Native;

/** Owner of an {@code ibv_comp_channel}. */
final class LibCompletionChannel implements CompletionChannel {

    private final Libraries lib;
    private final MemorySegment channel;
    private final String device;
    private final int fd;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment errno = Calls.errno(arena);
    private final MemorySegment cqPointer = arena.allocate(ADDRESS);
    private final MemorySegment cqContext = arena.allocate(ADDRESS);
    private boolean closed;

    LibCompletionChannel(Libraries lib, MemorySegment channel, String device) {
        this.lib = lib;
        this.channel = channel;
        this.device = device;
        fd = channel.get(JAVA_INT, VerbsLayouts.COMP_CHANNEL_FD_OFFSET);
    }

    MemorySegment channel() {
        if (closed) {
            throw new IllegalStateException("the completion channel of " + device + " is closed");
        }
        return channel;
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public int drain() throws VerbsException {
        int count = 0;
        while (true) {
            int result = Calls.i_PPP(lib.ibvGetCqEvent, errno, channel(), cqPointer, cqContext);
            if (result != 0) {
                if (Native.errno(errno) == VerbsException.EAGAIN) {
                    return count;
                }
                Calls.check(result, errno, "ibv_get_cq_event", device);
            }
            Calls.v_PI(lib.ibvAckCqEvents, cqPointer.get(ADDRESS, 0), 1);
            count++;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // It fails only while completion queues use it, which is a bug of the caller's.
            int _ = Calls.i_P(lib.ibvDestroyCompChannel, errno, channel);
        }
    }
}
