package org.nvmftarget.control.rpc;

import tools.jackson.databind.JsonNode;

/** A method that is offered. Called by many threads at once. */
@FunctionalInterface
interface Method {

    /** The call's {@code result}. */
    JsonNode call(Params params) throws RpcError;
}
