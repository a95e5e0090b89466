package org.nvmftarget.data.tcp;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The outstanding requests of one queue by their tags, which are also the transfer tags of R2Ts. */
final class RequestTable {

    private final @Nullable TcpRequest[] byTag;
    private final int[] freeTags;
    private int freeCount;

    /** @param entries most outstanding requests */
    RequestTable(int entries) {
        byTag = new TcpRequest[entries];
        freeTags = new int[entries];
        for (int i = 0; i < entries; i++) {
            freeTags[i] = entries - 1 - i;
        }
        freeCount = entries;
    }

    boolean isFull() {
        return freeCount == 0;
    }

    boolean isEmpty() {
        return freeCount == byTag.length;
    }

    /** Puts a request in; returns its tag. Only where the table is not full. */
    int add(TcpRequest request) {
        freeCount--;
        int tag = freeTags[freeCount];
        byTag[tag] = request;
        return tag;
    }

    void remove(int tag) {
        byTag[tag] = null;
        freeTags[freeCount] = tag;
        freeCount++;
    }

    /** The request of a tag that a host sent, or null. */
    @Nullable
    TcpRequest get(int tag) {
        return tag < byTag.length ? byTag[tag] : null;
    }

    /** The request with this command id that is in {@code state}, or null. */
    @Nullable
    TcpRequest find(int cid, TcpRequest.State state) {
        for (TcpRequest request : byTag) {
            if (request != null && request.state() == state && request.cid() == cid) {
                return request;
            }
        }
        return null;
    }

    /** Visits all; {@code action} may remove what it is given. */
    void forEach(Consumer<TcpRequest> action) {
        for (TcpRequest request : byTag) {
            if (request != null) {
                action.accept(request);
            }
        }
    }
}
