/**
 * A read-only JSON-RPC 2.0 server on a UNIX socket, for SPDK's clients and this program's own commands. It answers from
 * snapshots: a call never pauses, waits for, or changes anything in the target. One thread answers all that is quick; a
 * client that asks for more, or does not read, gets two virtual threads: one reads, one answers. Imports the status and
 * preview of {@code reconcile} and {@code admit}, and {@code plan}, {@code render}, {@code model}.
 */
@NullMarked
package org.nvmftarget.control.rpc;

import org.jspecify.annotations.NullMarked;
