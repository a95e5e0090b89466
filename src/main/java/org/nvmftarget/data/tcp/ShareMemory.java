package org.nvmftarget.data.tcp;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.TransportType;

/** How much memory one reactor's share has, and how often it did not do. The reactor counts; any thread may read. */
final class ShareMemory {

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong waits = new AtomicLong();

    void allocated(long more) {
        bytes.setOpaque(bytes.getPlain() + more);
    }

    /** A request has to wait for a buffer. */
    void waited() {
        waits.setOpaque(waits.getPlain() + 1);
    }

    LiveState.TransportStats live() {
        return new LiveState.TransportStats(TransportType.TCP, bytes.getOpaque(), waits.getOpaque(), List.of());
    }
}
