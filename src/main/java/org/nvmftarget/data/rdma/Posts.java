package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.SendWr;

/**
 * Work requests that gather until they are posted together, since a post may cost a system call: one call for the
 * receives, then one for the sends. Confined to its queue's reactor.
 */
final class Posts {

    private final RcQueuePair qp;
    private @Nullable RecvWr recvHead;
    private @Nullable RecvWr recvTail;
    private @Nullable SendWr sendHead;
    private @Nullable SendWr sendTail;

    Posts(RcQueuePair qp) {
        this.qp = qp;
    }

    void add(RecvWr wr) {
        wr.next(null);
        if (recvTail == null) {
            recvHead = wr;
        } else {
            recvTail.next(wr);
        }
        recvTail = wr;
    }

    /** Adds a chain from {@code first} to {@code last}, which ends it. */
    void add(SendWr first, SendWr last) {
        if (sendTail == null) {
            sendHead = first;
        } else {
            sendTail.next(first);
        }
        sendTail = last;
    }

    /** Posts all of it; returns 0, or the errno of the post that failed: what it left is lost. */
    int flush() {
        RecvWr recv = recvHead;
        SendWr send = sendHead;
        recvHead = null;
        recvTail = null;
        sendHead = null;
        sendTail = null;
        int errno = recv == null ? 0 : qp.postRecv(recv);
        return errno == 0 && send != null ? qp.postSend(send) : errno;
    }
}
