package org.nvmftarget.data.ffi.verbs;

/**
 * What a reliable-connected queue pair is to hold. Its work is completed in one queue.
 *
 * @param completions for sends and receives
 * @param maxSendWr work requests in the send queue
 * @param maxRecvWr work requests in the receive queue
 * @param maxSendSge buffers of one send
 * @param maxRecvSge buffers of one receive
 */
public record QueuePairSpec(
        CompletionQueue completions, int maxSendWr, int maxRecvWr, int maxSendSge, int maxRecvSge) {}
