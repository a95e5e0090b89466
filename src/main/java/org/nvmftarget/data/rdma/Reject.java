package org.nvmftarget.data.rdma;

/** Why a connection is refused (NVM Express RDMA Transport specification 1.0, figure 11). */
enum Reject {
    INVALID_PRIVATE_DATA_LENGTH(1),
    INVALID_RECFMT(2),
    INVALID_QID(3),
    INVALID_HSQSIZE(4),
    INVALID_HRQSIZE(5),
    NO_RESOURCES(6),
    INVALID_IRD(7),
    INVALID_ORD(8),
    INVALID_CNTLID(9);

    private final int code;

    Reject(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
