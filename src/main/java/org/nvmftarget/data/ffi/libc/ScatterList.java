package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * A {@code msghdr} with its {@code iovec}s ({@code sys/uio.h}, {@code sys/socket.h}), made once and filled again for
 * each {@link Sockets#sendmsg}. Belongs to one thread.
 */
public final class ScatterList {

    static final StructLayout IOVEC =
            MemoryLayout.structLayout(ADDRESS.withName("iov_base"), JAVA_LONG.withName("iov_len"));
    static final StructLayout MSGHDR = MemoryLayout.structLayout(
            ADDRESS.withName("msg_name"),
            JAVA_INT.withName("msg_namelen"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("msg_iov"),
            JAVA_LONG.withName("msg_iovlen"),
            ADDRESS.withName("msg_control"),
            JAVA_LONG.withName("msg_controllen"),
            JAVA_INT.withName("msg_flags"),
            MemoryLayout.paddingLayout(4));

    private static final long IOV_BASE_OFFSET = IOVEC.byteOffset(PathElement.groupElement("iov_base"));
    private static final long IOV_LEN_OFFSET = IOVEC.byteOffset(PathElement.groupElement("iov_len"));
    private static final long IOVEC_BYTES = IOVEC.byteSize();
    private static final long MSG_IOV_OFFSET = MSGHDR.byteOffset(PathElement.groupElement("msg_iov"));
    private static final long MSG_IOVLEN_OFFSET = MSGHDR.byteOffset(PathElement.groupElement("msg_iovlen"));

    private final MemorySegment header;
    private final MemorySegment vectors;
    private final int capacity;
    private int size;
    private long totalBytes;

    /** @param capacity most pieces that one call takes, 1 to 1024 (IOV_MAX) */
    public ScatterList(int capacity, Arena arena) {
        if (capacity < 1 || capacity > 1024) {
            throw new IllegalArgumentException("capacity " + capacity + " is not in 1..1024");
        }
        this.capacity = capacity;
        header = arena.allocate(MSGHDR);
        vectors = arena.allocate(IOVEC, capacity);
        header.set(ADDRESS, MSG_IOV_OFFSET, vectors);
    }

    public void clear() {
        size = 0;
        totalBytes = 0;
    }

    public boolean hasRoom(int pieces) {
        return capacity - size >= pieces;
    }

    /** Appends a piece; its memory must live through the call. */
    public void add(long address, long lengthBytes) {
        long at = Math.multiplyExact(size, IOVEC_BYTES);
        vectors.set(JAVA_LONG, at + IOV_BASE_OFFSET, address);
        vectors.set(JAVA_LONG, at + IOV_LEN_OFFSET, lengthBytes);
        size++;
        totalBytes += lengthBytes;
    }

    /** Bytes of all pieces. */
    public long totalBytes() {
        return totalBytes;
    }

    public int size() {
        return size;
    }

    /** The {@code msghdr}, of the pieces added so far. */
    public long msghdrAddress() {
        header.set(JAVA_LONG, MSG_IOVLEN_OFFSET, size);
        return header.address();
    }
}
