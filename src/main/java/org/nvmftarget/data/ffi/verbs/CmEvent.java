package org.nvmftarget.data.ffi.verbs;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an id.
 *
 * @param id a new one for {@link Type#CONNECT_REQUEST}, to be accepted, or rejected and closed
 * @param listener the id that listens; for {@link Type#CONNECT_REQUEST}
 * @param status 0, a negative errno, or for {@link Type#REJECTED} the reason
 * @param connect what the peer asked for; for {@link Type#CONNECT_REQUEST} and {@link Type#ESTABLISHED}
 */
public record CmEvent(
        Type type,
        CmId id,
        @Nullable CmId listener,
        int status,
        @Nullable Connect connect) {

    /**
     * {@code rdma_conn_param} of an event.
     *
     * @param privateData read-only; may be longer than what the peer gave, filled up with zeroes
     * @param responderResources RDMA reads that the peer may have under way towards us
     * @param initiatorDepth RDMA reads that we may have under way towards the peer
     * @param rnrRetryCount 7 means for ever
     */
    public record Connect(MemorySegment privateData, int responderResources, int initiatorDepth, int rnrRetryCount) {}

    /** {@code enum rdma_cm_event_type}, in its order. */
    public enum Type {
        ADDR_RESOLVED,
        ADDR_ERROR,
        ROUTE_RESOLVED,
        ROUTE_ERROR,
        CONNECT_REQUEST,
        CONNECT_RESPONSE,
        CONNECT_ERROR,
        UNREACHABLE,
        REJECTED,
        ESTABLISHED,
        DISCONNECTED,
        DEVICE_REMOVAL,
        MULTICAST_JOIN,
        MULTICAST_ERROR,
        ADDR_CHANGE,
        TIMEWAIT_EXIT,
        /** A type that this list does not know. */
        UNKNOWN;

        private static final Type[] ALL = values();

        static Type of(int number) {
            return number >= 0 && number < ALL.length - 1 ? ALL[number] : UNKNOWN;
        }
    }
}
