package org.nvmftarget.verbs;

/** {@code enum ibv_wc_status}. */
final class Wc {
    private Wc() {}

    static final int SUCCESS = 0;
    static final int LOCAL_LENGTH = 1;
    static final int LOCAL_OPERATION = 2;
    static final int LOCAL_PROTECTION = 4;
    static final int FLUSHED = 5;
    static final int REMOTE_INVALID_REQUEST = 9;
    static final int REMOTE_ACCESS = 10;
    static final int RETRY_EXCEEDED = 12;
    static final int RNR_RETRY_EXCEEDED = 13;
}
