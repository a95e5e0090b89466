package org.nvmftarget.data.ffi.verbs;

/**
 * What happened to a device or to an object of it ({@code ibv_async_event}).
 *
 * @param element which object, as {@link Type#subject} says: a queue pair's number, {@link CompletionQueue#id},
 *     {@link SharedReceiveQueue#id}, a port's number, or 0 for the device
 */
public record AsyncEvent(Type type, long element) {

    /** What an event is about. */
    public enum Subject {
        DEVICE,
        PORT,
        QUEUE_PAIR,
        COMPLETION_QUEUE,
        SHARED_RECEIVE_QUEUE
    }

    /** {@code enum ibv_event_type}, in its order. */
    public enum Type {
        /** A completion queue overflowed, or could not be written: its queue pairs are lost. */
        CQ_ERR(Subject.COMPLETION_QUEUE),
        QP_FATAL(Subject.QUEUE_PAIR),
        QP_REQ_ERR(Subject.QUEUE_PAIR),
        QP_ACCESS_ERR(Subject.QUEUE_PAIR),
        COMM_EST(Subject.QUEUE_PAIR),
        SQ_DRAINED(Subject.QUEUE_PAIR),
        PATH_MIG(Subject.QUEUE_PAIR),
        PATH_MIG_ERR(Subject.QUEUE_PAIR),
        DEVICE_FATAL(Subject.DEVICE),
        PORT_ACTIVE(Subject.PORT),
        PORT_ERR(Subject.PORT),
        LID_CHANGE(Subject.PORT),
        PKEY_CHANGE(Subject.PORT),
        SM_CHANGE(Subject.PORT),
        /** A shared receive queue gives no more receives: its queue pairs are lost. */
        SRQ_ERR(Subject.SHARED_RECEIVE_QUEUE),
        SRQ_LIMIT_REACHED(Subject.SHARED_RECEIVE_QUEUE),
        /** A queue pair in the error state takes no more receives from the shared queue, and has completed its last. */
        QP_LAST_WQE_REACHED(Subject.QUEUE_PAIR),
        CLIENT_REREGISTER(Subject.PORT),
        GID_CHANGE(Subject.PORT),
        WQ_FATAL(Subject.DEVICE),
        /** A type that this list does not know. */
        UNKNOWN(Subject.DEVICE);

        private static final Type[] ALL = values();

        private final Subject subject;

        Type(Subject subject) {
            this.subject = subject;
        }

        public Subject subject() {
            return subject;
        }

        static Type of(int number) {
            return number >= 0 && number < ALL.length - 1 ? ALL[number] : UNKNOWN;
        }
    }
}
