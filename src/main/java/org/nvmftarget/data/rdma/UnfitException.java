package org.nvmftarget.data.rdma;

/** A device cannot honour the options as they stand: which option, and which limit. An operator's mistake. */
final class UnfitException extends Exception {

    private static final long serialVersionUID = 1;

    UnfitException(String message) {
        super(message);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
