package org.nvmftarget.verbs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/** Calls that are to fail, each asked for beforehand. */
public final class Faults {

    /** Where a call can fail. */
    public enum Point {
        OPEN_EVENT_CHANNEL,
        CREATE_ID,
        BIND,
        LISTEN,
        NEXT_EVENT,
        QUERY_DEVICE,
        ALLOCATE_DOMAIN,
        REGISTER,
        CREATE_CHANNEL,
        CREATE_CQ,
        CREATE_SRQ,
        CREATE_QP,
        ACCEPT,
        REJECT,
        DISCONNECT,
        ACK_TIMEOUT,
        POST_SEND,
        POST_RECV,
        POST_SRQ_RECV,
        POLL,
        ARM,
        DRAIN,
        MODIFY,
        QUERY_QP,
        ARM_LIMIT,
        NEXT_ASYNC_EVENT
    }

    private static final class Due {
        int calls;
        final int errno;

        Due(int calls, int errno) {
            this.calls = calls;
            this.errno = errno;
        }
    }

    private final Map<Point, Deque<Due>> due = new EnumMap<>(Point.class);

    /** After {@code calls} more that succeed, one at {@code point} fails. */
    public void fail(Point point, int calls, int errno) {
        due.computeIfAbsent(point, p -> new ArrayDeque<>()).add(new Due(calls, errno));
    }

    /** None fails any more. */
    public void clear() {
        due.clear();
    }

    /** The errno with which this call fails, or 0. */
    int at(Point point) {
        Deque<Due> line = due.get(point);
        Due first = line == null ? null : line.peek();
        if (line == null || first == null || first.calls-- > 0) {
            return 0;
        }
        line.remove();
        return first.errno;
    }
}
