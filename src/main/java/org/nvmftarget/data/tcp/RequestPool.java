package org.nvmftarget.data.tcp;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Requests of one reactor with capsule buffers of one size, used again by any of its connections. It grows to the
 * largest number of commands that were ever outstanding at once, which the queues' depths bound: a capsule never waits
 * for a request, or the data of other commands behind it in the stream could not come either.
 */
final class RequestPool {

    private final int capsuleBytes;
    private final ShareMemory memory;
    private final Slabs slabs;
    private final Deque<TcpRequest> free = new ArrayDeque<>();
    private int allocated;

    /**
     * @param capsuleBytes of in-capsule data that each request takes
     * @param prepared how many are made beforehand
     * @param memory of the reactor that the requests belong to
     * @param slabs of which their data buffers are cut
     */
    RequestPool(int capsuleBytes, int prepared, ShareMemory memory, Slabs slabs) {
        this.capsuleBytes = capsuleBytes;
        this.memory = memory;
        this.slabs = slabs;
        for (int i = 0; i < prepared; i++) {
            free.push(allocate());
        }
    }

    int capsuleBytes() {
        return capsuleBytes;
    }

    TcpRequest take() {
        TcpRequest request = free.poll();
        return request == null ? allocate() : request;
    }

    private TcpRequest allocate() {
        allocated++;
        memory.allocated(TcpRequest.memoryBytes(capsuleBytes));
        return new TcpRequest(this, slabs.allocate(capsuleBytes));
    }

    void give(TcpRequest request) {
        free.push(request);
    }

    /** Requests that are in use. */
    int used() {
        return allocated - free.size();
    }
}
