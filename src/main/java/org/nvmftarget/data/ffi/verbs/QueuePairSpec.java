package org.nvmftarget.data.ffi.verbs;

import org.jspecify.annotations.Nullable;

/**
 * What a reliable-connected queue pair is to hold. Its work is completed in one queue.
 *
 * @param completions for sends and receives
 * @param receives where it takes its receives from; null if it has receives of its own
 * @param maxSendWr work requests in the send queue
 * @param maxRecvWr work requests in the receive queue; 0 with shared receives
 * @param maxSendSge buffers of one send
 * @param maxRecvSge buffers of one receive; 0 with shared receives
 */
public record QueuePairSpec(
        CompletionQueue completions,
        @Nullable SharedReceiveQueue receives,
        int maxSendWr,
        int maxRecvWr,
        int maxSendSge,
        int maxRecvSge) {}
