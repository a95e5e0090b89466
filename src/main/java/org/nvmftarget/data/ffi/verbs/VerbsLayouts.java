package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/** The objects and attributes of {@code infiniband/verbs.h} (rdma-core 44), as far as they are read or written. */
final class VerbsLayouts {
    private VerbsLayouts() {}

    /** {@code struct ibv_context_ops}: 32 function pointers, of which 5 are no longer compatibility slots. */
    private static final StructLayout CONTEXT_OPS = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(11, ADDRESS).withName("before_poll_cq"),
            ADDRESS.withName("poll_cq"),
            ADDRESS.withName("req_notify_cq"),
            MemoryLayout.sequenceLayout(7, ADDRESS).withName("before_post_srq_recv"),
            ADDRESS.withName("post_srq_recv"),
            MemoryLayout.sequenceLayout(4, ADDRESS).withName("before_post_send"),
            ADDRESS.withName("post_send"),
            ADDRESS.withName("post_recv"),
            MemoryLayout.sequenceLayout(5, ADDRESS).withName("after_post_recv"));

    /** {@code struct ibv_context} up to {@code num_comp_vectors}; C allocates it. */
    static final StructLayout CONTEXT = MemoryLayout.structLayout(
            ADDRESS.withName("device"),
            CONTEXT_OPS.withName("ops"),
            JAVA_INT.withName("cmd_fd"),
            JAVA_INT.withName("async_fd"),
            JAVA_INT.withName("num_comp_vectors"),
            MemoryLayout.paddingLayout(4));

    static final long CONTEXT_DEVICE_OFFSET = CONTEXT.byteOffset(groupElement("device"));
    static final long CONTEXT_ASYNC_FD_OFFSET = CONTEXT.byteOffset(groupElement("async_fd"));
    static final long CONTEXT_NUM_COMP_VECTORS_OFFSET = CONTEXT.byteOffset(groupElement("num_comp_vectors"));
    static final long POLL_CQ_OFFSET = CONTEXT.byteOffset(groupElement("ops"), groupElement("poll_cq"));
    static final long REQ_NOTIFY_CQ_OFFSET = CONTEXT.byteOffset(groupElement("ops"), groupElement("req_notify_cq"));
    static final long POST_SRQ_RECV_OFFSET = CONTEXT.byteOffset(groupElement("ops"), groupElement("post_srq_recv"));
    static final long POST_SEND_OFFSET = CONTEXT.byteOffset(groupElement("ops"), groupElement("post_send"));
    static final long POST_RECV_OFFSET = CONTEXT.byteOffset(groupElement("ops"), groupElement("post_recv"));

    static final int DEVICE_NAME_BYTES = 64;

    /** {@code struct ibv_device} up to {@code name}; C allocates it. */
    static final StructLayout DEVICE = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(2, ADDRESS).withName("_ops"),
            JAVA_INT.withName("node_type"),
            JAVA_INT.withName("transport_type"),
            MemoryLayout.sequenceLayout(DEVICE_NAME_BYTES, JAVA_BYTE).withName("name"));

    static final long DEVICE_TRANSPORT_TYPE_OFFSET = DEVICE.byteOffset(groupElement("transport_type"));
    static final long DEVICE_NAME_OFFSET = DEVICE.byteOffset(groupElement("name"));

    static final StructLayout DEVICE_ATTR = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(64, JAVA_BYTE).withName("fw_ver"),
            JAVA_LONG.withName("node_guid"),
            JAVA_LONG.withName("sys_image_guid"),
            JAVA_LONG.withName("max_mr_size"),
            JAVA_LONG.withName("page_size_cap"),
            JAVA_INT.withName("vendor_id"),
            JAVA_INT.withName("vendor_part_id"),
            JAVA_INT.withName("hw_ver"),
            JAVA_INT.withName("max_qp"),
            JAVA_INT.withName("max_qp_wr"),
            JAVA_INT.withName("device_cap_flags"),
            JAVA_INT.withName("max_sge"),
            JAVA_INT.withName("max_sge_rd"),
            JAVA_INT.withName("max_cq"),
            JAVA_INT.withName("max_cqe"),
            JAVA_INT.withName("max_mr"),
            JAVA_INT.withName("max_pd"),
            JAVA_INT.withName("max_qp_rd_atom"),
            JAVA_INT.withName("max_ee_rd_atom"),
            JAVA_INT.withName("max_res_rd_atom"),
            JAVA_INT.withName("max_qp_init_rd_atom"),
            MemoryLayout.sequenceLayout(13, JAVA_INT).withName("after_max_qp_init_rd_atom"),
            JAVA_INT.withName("max_srq"),
            JAVA_INT.withName("max_srq_wr"),
            JAVA_INT.withName("max_srq_sge"),
            MemoryLayout.sequenceLayout(4, JAVA_BYTE).withName("after_max_srq_sge"),
            MemoryLayout.paddingLayout(4));

    static final long VENDOR_ID_OFFSET = DEVICE_ATTR.byteOffset(groupElement("vendor_id"));
    static final long MAX_QP_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_qp"));
    static final long MAX_QP_WR_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_qp_wr"));
    static final long DEVICE_CAP_FLAGS_OFFSET = DEVICE_ATTR.byteOffset(groupElement("device_cap_flags"));
    static final long MAX_SGE_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_sge"));
    static final long MAX_SGE_RD_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_sge_rd"));
    static final long MAX_CQ_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_cq"));
    static final long MAX_MR_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_mr"));
    static final long MAX_PD_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_pd"));
    static final long MAX_CQE_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_cqe"));
    static final long MAX_MR_SIZE_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_mr_size"));
    static final long MAX_QP_RD_ATOM_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_qp_rd_atom"));
    static final long MAX_QP_INIT_RD_ATOM_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_qp_init_rd_atom"));
    static final long MAX_SRQ_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_srq"));
    static final long MAX_SRQ_WR_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_srq_wr"));
    static final long MAX_SRQ_SGE_OFFSET = DEVICE_ATTR.byteOffset(groupElement("max_srq_sge"));

    static final StructLayout SRQ_ATTR = MemoryLayout.structLayout(
            JAVA_INT.withName("max_wr"), JAVA_INT.withName("max_sge"), JAVA_INT.withName("srq_limit"));
    static final long SRQ_LIMIT_OFFSET = SRQ_ATTR.byteOffset(groupElement("srq_limit"));

    static final StructLayout SRQ_INIT_ATTR = MemoryLayout.structLayout(
            ADDRESS.withName("srq_context"), SRQ_ATTR.withName("attr"), MemoryLayout.paddingLayout(4));
    static final long SRQ_INIT_MAX_WR_OFFSET = SRQ_INIT_ATTR.byteOffset(groupElement("attr"), groupElement("max_wr"));
    static final long SRQ_INIT_MAX_SGE_OFFSET = SRQ_INIT_ATTR.byteOffset(groupElement("attr"), groupElement("max_sge"));
    static final long SRQ_INIT_LIMIT_OFFSET = SRQ_INIT_ATTR.byteOffset(groupElement("attr"), groupElement("srq_limit"));

    /** {@code element} is a union of pointers and {@code int port_num}. */
    static final StructLayout ASYNC_EVENT = MemoryLayout.structLayout(
            ADDRESS.withName("element"), JAVA_INT.withName("event_type"), MemoryLayout.paddingLayout(4));

    static final long ASYNC_EVENT_ELEMENT_OFFSET = ASYNC_EVENT.byteOffset(groupElement("element"));
    static final long ASYNC_EVENT_TYPE_OFFSET = ASYNC_EVENT.byteOffset(groupElement("event_type"));

    /** C allocates it, as it does the four below. */
    static final StructLayout MR = MemoryLayout.structLayout(
            ADDRESS.withName("context"),
            ADDRESS.withName("pd"),
            ADDRESS.withName("addr"),
            JAVA_LONG.withName("length"),
            JAVA_INT.withName("handle"),
            JAVA_INT.withName("lkey"),
            JAVA_INT.withName("rkey"),
            MemoryLayout.paddingLayout(4));

    static final long MR_LKEY_OFFSET = MR.byteOffset(groupElement("lkey"));
    static final long MR_RKEY_OFFSET = MR.byteOffset(groupElement("rkey"));

    static final StructLayout COMP_CHANNEL = MemoryLayout.structLayout(
            ADDRESS.withName("context"), JAVA_INT.withName("fd"), JAVA_INT.withName("refcnt"));
    static final long COMP_CHANNEL_FD_OFFSET = COMP_CHANNEL.byteOffset(groupElement("fd"));

    /** {@code struct ibv_cq} up to {@code cqe}. */
    static final StructLayout CQ = MemoryLayout.structLayout(
            ADDRESS.withName("context"),
            ADDRESS.withName("channel"),
            ADDRESS.withName("cq_context"),
            JAVA_INT.withName("handle"),
            JAVA_INT.withName("cqe"));

    static final long CQ_CQE_OFFSET = CQ.byteOffset(groupElement("cqe"));

    /** {@code struct ibv_qp} up to {@code qp_type}. */
    static final StructLayout QP = MemoryLayout.structLayout(
            ADDRESS.withName("context"),
            ADDRESS.withName("qp_context"),
            ADDRESS.withName("pd"),
            ADDRESS.withName("send_cq"),
            ADDRESS.withName("recv_cq"),
            ADDRESS.withName("srq"),
            JAVA_INT.withName("handle"),
            JAVA_INT.withName("qp_num"),
            JAVA_INT.withName("state"),
            JAVA_INT.withName("qp_type"));

    static final long QP_QP_NUM_OFFSET = QP.byteOffset(groupElement("qp_num"));

    private static final StructLayout QP_CAP = MemoryLayout.structLayout(
            JAVA_INT.withName("max_send_wr"),
            JAVA_INT.withName("max_recv_wr"),
            JAVA_INT.withName("max_send_sge"),
            JAVA_INT.withName("max_recv_sge"),
            JAVA_INT.withName("max_inline_data"));

    static final StructLayout QP_INIT_ATTR = MemoryLayout.structLayout(
            ADDRESS.withName("qp_context"),
            ADDRESS.withName("send_cq"),
            ADDRESS.withName("recv_cq"),
            ADDRESS.withName("srq"),
            QP_CAP.withName("cap"),
            JAVA_INT.withName("qp_type"),
            JAVA_INT.withName("sq_sig_all"),
            MemoryLayout.paddingLayout(4));

    static final long INIT_SEND_CQ_OFFSET = QP_INIT_ATTR.byteOffset(groupElement("send_cq"));
    static final long INIT_RECV_CQ_OFFSET = QP_INIT_ATTR.byteOffset(groupElement("recv_cq"));
    static final long INIT_SRQ_OFFSET = QP_INIT_ATTR.byteOffset(groupElement("srq"));
    static final long INIT_MAX_SEND_WR_OFFSET =
            QP_INIT_ATTR.byteOffset(groupElement("cap"), groupElement("max_send_wr"));
    static final long INIT_MAX_RECV_WR_OFFSET =
            QP_INIT_ATTR.byteOffset(groupElement("cap"), groupElement("max_recv_wr"));
    static final long INIT_MAX_SEND_SGE_OFFSET =
            QP_INIT_ATTR.byteOffset(groupElement("cap"), groupElement("max_send_sge"));
    static final long INIT_MAX_RECV_SGE_OFFSET =
            QP_INIT_ATTR.byteOffset(groupElement("cap"), groupElement("max_recv_sge"));
    static final long INIT_QP_TYPE_OFFSET = QP_INIT_ATTR.byteOffset(groupElement("qp_type"));

    private static final StructLayout AH_ATTR =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(4, JAVA_LONG).withName("bytes"));

    static final StructLayout QP_ATTR = MemoryLayout.structLayout(
            JAVA_INT.withName("qp_state"),
            JAVA_INT.withName("cur_qp_state"),
            JAVA_INT.withName("path_mtu"),
            JAVA_INT.withName("path_mig_state"),
            MemoryLayout.sequenceLayout(5, JAVA_INT).withName("before_cap"),
            QP_CAP.withName("cap"),
            AH_ATTR.withName("ah_attr"),
            AH_ATTR.withName("alt_ah_attr"),
            MemoryLayout.sequenceLayout(4, JAVA_BYTE).withName("pkey_indexes"),
            JAVA_BYTE.withName("en_sqd_async_notify"),
            JAVA_BYTE.withName("sq_draining"),
            JAVA_BYTE.withName("max_rd_atomic"),
            JAVA_BYTE.withName("max_dest_rd_atomic"),
            JAVA_BYTE.withName("min_rnr_timer"),
            MemoryLayout.sequenceLayout(6, JAVA_BYTE).withName("after_min_rnr_timer"),
            MemoryLayout.paddingLayout(1),
            JAVA_INT.withName("rate_limit"),
            MemoryLayout.paddingLayout(4));

    static final long ATTR_QP_STATE_OFFSET = QP_ATTR.byteOffset(groupElement("qp_state"));
    static final long ATTR_MAX_RD_ATOMIC_OFFSET = QP_ATTR.byteOffset(groupElement("max_rd_atomic"));
    static final long ATTR_MIN_RNR_TIMER_OFFSET = QP_ATTR.byteOffset(groupElement("min_rnr_timer"));
}
