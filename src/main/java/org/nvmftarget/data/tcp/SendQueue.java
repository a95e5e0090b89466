package org.nvmftarget.data.tcp;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.ScatterList;
import org.nvmftarget.data.ffi.libc.Sockets;

/** What waits to be sent on one socket, first in first out. */
final class SendQueue {

    private static final int MAX_PIECES = 3;

    private final int fd;
    private final ScatterList list;
    private @Nullable Outgoing head;
    private @Nullable Outgoing tail;
    private int headSentBytes;

    /** @param list shared by all queues of a reactor */
    SendQueue(int fd, ScatterList list) {
        this.fd = fd;
        this.list = list;
    }

    /** How {@link #flush} ended. */
    enum Flushed {
        /** Nothing is left. */
        ALL,
        /** The socket takes no more for now. */
        BLOCKED,
        /** The connection is broken. */
        BROKEN
    }

    void add(Outgoing outgoing) {
        Outgoing last = tail;
        if (last == null) {
            head = outgoing;
        } else {
            last.next = outgoing;
        }
        tail = outgoing;
    }

    boolean isEmpty() {
        return head == null;
    }

    /** Whether a PDU has gone out in part, so that nothing else may come before its rest. */
    boolean isInsidePdu() {
        return headSentBytes > 0;
    }

    /** Forgets everything. */
    void clear() {
        head = null;
        tail = null;
        headSentBytes = 0;
    }

    Flushed flush() {
        while (head != null) {
            fill();
            long wantedBytes = list.totalBytes();
            long sentBytes = Sockets.sendmsg(fd, list.msghdrAddress(), Sockets.MSG_DONTWAIT | Sockets.MSG_NOSIGNAL);
            if (sentBytes == -Errno.EAGAIN) {
                return Flushed.BLOCKED;
            }
            if (sentBytes < 0 && sentBytes != -Errno.EINTR) {
                return Flushed.BROKEN;
            }
            advance(Math.max(sentBytes, 0));
            if (sentBytes >= 0 && sentBytes < wantedBytes) {
                return Flushed.BLOCKED;
            }
        }
        return Flushed.ALL;
    }

    private void fill() {
        list.clear();
        int skip = headSentBytes;
        for (Outgoing each = head; each != null && list.hasRoom(MAX_PIECES); each = each.next) {
            each.appendTo(list, skip);
            skip = 0;
        }
    }

    private void advance(long sentBytes) {
        long left = sentBytes;
        for (Outgoing first = head; first != null && left > 0; first = head) {
            int remaining = first.totalBytes() - headSentBytes;
            if (left < remaining) {
                headSentBytes += (int) left;
                return;
            }
            left -= remaining;
            headSentBytes = 0;
            head = first.next;
            if (head == null) {
                tail = null;
            }
            first.next = null;
            first.sent();
        }
    }
}
