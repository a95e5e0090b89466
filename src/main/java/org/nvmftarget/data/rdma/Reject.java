package org.nvmftarget.data.rdma;

/** Why a connection is refused (NVM Express RDMA Transport specification 1.0, figure 11). */
enum Reject {
    INVALID_PRIVATE_DATA_LENGTH(1),
    INVALID_RECFMT(2),
    /** Beyond {@code max_io_qpairs_per_ctrlr}. */
    INVALID_QID(3),
    /** Less than 2 entries, or more than {@code max_aq_depth} or {@code max_queue_depth}. */
    INVALID_HSQSIZE(4),
    INVALID_HRQSIZE(5),
    /** Memory, receives, places in a completion queue, or the listener or device itself. */
    NO_RESOURCES(6),
    /** The host serves no RDMA reads. */
    INVALID_IRD(7),
    /** The device that the host reached issues no RDMA reads. */
    INVALID_ORD(8),
    /** One that no controller can have. */
    INVALID_CNTLID(9);

    private final int code;

    Reject(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
