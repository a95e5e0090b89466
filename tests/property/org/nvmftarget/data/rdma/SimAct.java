package org.nvmftarget.data.rdma;

import java.time.Duration;
import org.nvmftarget.verbs.Faults;
import org.nvmftarget.verbs.host.HostCommand;

/** One thing that happens in a simulated world. What is not possible when its turn comes is left out. */
sealed interface SimAct {

    /** A host begins to connect. */
    record Connect(int device, int ioQueues, int entries, int readsServed) implements SimAct {}

    /** A host connects its admin queue, and sends nothing there. */
    record HalfOpen(int device) implements SimAct {}

    enum Op {
        READ,
        WRITE,
        ZERO,
        FLUSH
    }

    /** A queue gets {@code count} commands at once. */
    record Io(int queue, Op op, int count, int lba, int blocks, HostCommand.Sgl sgl, int pieces) implements SimAct {}

    enum AdminOp {
        IDENTIFY,
        LOG_PAGE,
        GET_FEATURES,
        ASYNC_EVENT,
        ABORT,
        UNKNOWN
    }

    record Admin(int host, AdminOp op) implements SimAct {}

    enum Mistake {
        SHORT_BUFFER,
        LONG_CLAIM,
        WRONG_KEY,
        UNKNOWN_TYPE,
        BEYOND_CAPSULE,
        RUNT
    }

    /** A host sends what it should not. */
    record Err(int queue, Mistake mistake) implements SimAct {}

    enum Exit {
        DISCONNECT,
        VANISH,
        BROKEN_QUEUE
    }

    record Leave(int host, Exit exit) implements SimAct {}

    /** A call of the transport's will fail. */
    record Fault(Faults.Point point, int calls, int errno) implements SimAct {}

    enum Trouble {
        REMOVE,
        INSERT,
        MOVE_ADDRESS,
        BREAK_QUEUE_PAIR,
        BREAK_COMPLETION_QUEUE,
        LOSE_ADDRESS,
        FIND_ADDRESS
    }

    record Device(int device, Trouble trouble) implements SimAct {}

    record Listener(int device, boolean there) implements SimAct {}

    enum Control {
        PAUSE_ADMIN,
        PAUSE_NAMESPACE,
        RESUME,
        SET_OPTIONS
    }

    record Change(Control control) implements SimAct {}

    /** A reactor gets no turn for some time. */
    record Stall(int reactor, Duration time) implements SimAct {}

    /** Time goes by. */
    record Pass(Duration time) implements SimAct {}
}
