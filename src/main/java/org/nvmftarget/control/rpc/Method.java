package org.nvmftarget.control.rpc;

/** A method that is offered. Called by many threads at once. */
@FunctionalInterface
interface Method {

    Result call(Params params) throws RpcError;
}
