package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;

/** Requests in line, linked through themselves: a request stands in one line at a time. Confined to a reactor. */
final class RequestQueue {

    private @Nullable RdmaRequest head;
    private @Nullable RdmaRequest tail;

    boolean isEmpty() {
        return head == null;
    }

    void add(RdmaRequest request) {
        request.next = null;
        if (tail == null) {
            head = request;
        } else {
            tail.next = request;
        }
        tail = request;
    }

    void addFirst(RdmaRequest request) {
        request.next = head;
        head = request;
        if (tail == null) {
            tail = request;
        }
    }

    @Nullable
    RdmaRequest peek() {
        return head;
    }

    @Nullable
    RdmaRequest poll() {
        RdmaRequest first = head;
        if (first != null) {
            head = first.next;
            first.next = null;
            if (head == null) {
                tail = null;
            }
        }
        return first;
    }

    /** Returns whether it stood here. */
    boolean remove(RdmaRequest request) {
        RdmaRequest before = null;
        for (RdmaRequest r = head; r != null; before = r, r = r.next) {
            if (r == request) {
                unlink(before, r);
                return true;
            }
        }
        return false;
    }

    private void unlink(@Nullable RdmaRequest before, RdmaRequest request) {
        if (before == null) {
            head = request.next;
        } else {
            before.next = request.next;
        }
        if (tail == request) {
            tail = before;
        }
        request.next = null;
    }
}
