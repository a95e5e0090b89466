package org.nvmftarget.control.rpc;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A call ends with an error answer; codes and texts are SPDK's. */
final class RpcError extends Exception {
    private static final long serialVersionUID = 1L;

    static final int PARSE_ERROR = -32700;
    static final int INVALID_REQUEST = -32600;
    static final int METHOD_NOT_FOUND = -32601;
    static final int INVALID_PARAMS = -32602;
    static final int INTERNAL_ERROR = -32603;
    static final int ENODEV = -19;
    static final int EINVAL = -22;

    private final int code;
    private final transient @Nullable JsonNode data;

    RpcError(int code, String message) {
        this(code, message, null);
    }

    /** @param data more on the error for a program; only this target's own methods have any */
    RpcError(int code, String message, @Nullable JsonNode data) {
        super(message, null, false, false);
        this.code = code;
        this.data = data;
    }

    static RpcError invalidParameters() {
        return new RpcError(INVALID_PARAMS, "Invalid parameters");
    }

    static RpcError noSuchDevice() {
        return new RpcError(ENODEV, "No such device");
    }

    int code() {
        return code;
    }

    @Nullable
    JsonNode data() {
        return data;
    }
}
