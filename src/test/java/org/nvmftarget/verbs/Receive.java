package org.nvmftarget.verbs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.nvmftarget.data.ffi.verbs.PostedWork;

/** A receive between its post and its completion. */
final class Receive {

    final PostedWork wr;
    private final List<Dma.Use> uses;
    private final Dma dma;

    /** A buffer that is not the queue's to use. */
    final boolean badBuffer;

    Receive(PostedWork wr, List<Dma.Use> uses, Dma dma) {
        this.wr = wr;
        this.uses = uses;
        this.dma = dma;
        badBuffer = uses.size() != wr.sges().size();
    }

    /** The device writes a message into the buffers, which are long enough. */
    void fill(byte[] message) {
        int at = 0;
        for (Dma.Use use : uses) {
            dma.check(use);
            int n = (int) Math.min(use.memory.byteSize(), message.length - at);
            MemorySegment.copy(message, at, use.memory, ValueLayout.JAVA_BYTE, 0, n);
            at += n;
        }
    }

    void end() {
        uses.forEach(dma::end);
    }
}
