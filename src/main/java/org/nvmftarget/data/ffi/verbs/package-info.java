/**
 * Bindings of {@code librdmacm.so.1} and {@code libibverbs.so.1}, and the narrow interface that the RDMA transport sees
 * them through ({@link org.nvmftarget.data.ffi.verbs.Rdma} and what it hands out), so that a provider in software can
 * stand in their place. The libraries are loaded by {@link org.nvmftarget.data.ffi.verbs.Rdma#load}, never before.
 *
 * <p>Threads: one thread at a time owns an object; {@code close} may run on another once its owner has let go of it.
 * Closing a {@link org.nvmftarget.data.ffi.verbs.CmId} waits until its events are acknowledged, which
 * {@link org.nvmftarget.data.ffi.verbs.EventChannel#next} does before it returns.
 *
 * <p>Not every call of the headers is an exported symbol. These are inline functions or macros, and how they are bound:
 *
 * <ul>
 *   <li>{@code ibv_poll_cq}, {@code ibv_req_notify_cq}, {@code ibv_post_send}, {@code ibv_post_recv},
 *       {@code ibv_post_srq_recv}: through the
 *       function pointers in {@code ibv_context.ops};
 *   <li>{@code ibv_reg_mr}: a macro that chooses {@code ibv_reg_mr_iova2} for optional access flags; the symbol of that
 *       name is used, with none of those flags;
 *   <li>{@code rdma_get_local_addr}, {@code rdma_get_peer_addr}: read from {@code rdma_cm_id.route}.
 * </ul>
 *
 * <p>{@code poll_cq} alone is a critical call. {@code post_send} makes a system call with soft-RoCE.
 *
 * <p>Imports {@code data.ffi} and nothing else of this project.
 */
@NullMarked
package org.nvmftarget.data.ffi.verbs;

import org.jspecify.annotations.NullMarked;
