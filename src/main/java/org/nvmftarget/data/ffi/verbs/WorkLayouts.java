package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/** What is posted and polled: {@code ibv_sge}, {@code ibv_send_wr}, {@code ibv_recv_wr}, {@code ibv_wc}. */
final class WorkLayouts {
    private WorkLayouts() {}

    static final StructLayout SGE = MemoryLayout.structLayout(
            JAVA_LONG.withName("addr"), JAVA_INT.withName("length"), JAVA_INT.withName("lkey"));
    static final long SGE_ADDR_OFFSET = SGE.byteOffset(groupElement("addr"));
    static final long SGE_LENGTH_OFFSET = SGE.byteOffset(groupElement("length"));
    static final long SGE_LKEY_OFFSET = SGE.byteOffset(groupElement("lkey"));

    private static final StructLayout SEND_WR_RDMA = MemoryLayout.structLayout(
            JAVA_LONG.withName("remote_addr"), JAVA_INT.withName("rkey"), MemoryLayout.paddingLayout(20));

    static final StructLayout SEND_WR = MemoryLayout.structLayout(
            JAVA_LONG.withName("wr_id"),
            ADDRESS.withName("next"),
            ADDRESS.withName("sg_list"),
            JAVA_INT.withName("num_sge"),
            JAVA_INT.withName("opcode"),
            JAVA_INT.withName("send_flags"),
            JAVA_INT.withName("invalidate_rkey"),
            SEND_WR_RDMA.withName("wr.rdma"),
            JAVA_LONG.withName("qp_type"),
            MemoryLayout.sequenceLayout(6, JAVA_LONG).withName("bind_mw_or_tso"));

    static final long SEND_WR_ID_OFFSET = SEND_WR.byteOffset(groupElement("wr_id"));
    static final long SEND_NEXT_OFFSET = SEND_WR.byteOffset(groupElement("next"));
    static final long SEND_SG_LIST_OFFSET = SEND_WR.byteOffset(groupElement("sg_list"));
    static final long SEND_NUM_SGE_OFFSET = SEND_WR.byteOffset(groupElement("num_sge"));
    static final long SEND_OPCODE_OFFSET = SEND_WR.byteOffset(groupElement("opcode"));
    static final long SEND_FLAGS_OFFSET = SEND_WR.byteOffset(groupElement("send_flags"));
    static final long SEND_INVALIDATE_RKEY_OFFSET = SEND_WR.byteOffset(groupElement("invalidate_rkey"));
    static final long SEND_REMOTE_ADDR_OFFSET =
            SEND_WR.byteOffset(groupElement("wr.rdma"), groupElement("remote_addr"));
    static final long SEND_RKEY_OFFSET = SEND_WR.byteOffset(groupElement("wr.rdma"), groupElement("rkey"));

    static final StructLayout RECV_WR = MemoryLayout.structLayout(
            JAVA_LONG.withName("wr_id"),
            ADDRESS.withName("next"),
            ADDRESS.withName("sg_list"),
            JAVA_INT.withName("num_sge"),
            MemoryLayout.paddingLayout(4));

    static final long RECV_WR_ID_OFFSET = RECV_WR.byteOffset(groupElement("wr_id"));
    static final long RECV_NEXT_OFFSET = RECV_WR.byteOffset(groupElement("next"));
    static final long RECV_SG_LIST_OFFSET = RECV_WR.byteOffset(groupElement("sg_list"));
    static final long RECV_NUM_SGE_OFFSET = RECV_WR.byteOffset(groupElement("num_sge"));

    static final StructLayout WC = MemoryLayout.structLayout(
            JAVA_LONG.withName("wr_id"),
            JAVA_INT.withName("status"),
            JAVA_INT.withName("opcode"),
            JAVA_INT.withName("vendor_err"),
            JAVA_INT.withName("byte_len"),
            JAVA_INT.withName("invalidated_rkey"),
            JAVA_INT.withName("qp_num"),
            JAVA_INT.withName("src_qp"),
            JAVA_INT.withName("wc_flags"),
            JAVA_SHORT.withName("pkey_index"),
            JAVA_SHORT.withName("slid"),
            JAVA_BYTE.withName("sl"),
            JAVA_BYTE.withName("dlid_path_bits"),
            MemoryLayout.paddingLayout(2));

    static final long WC_BYTES = WC.byteSize();
    static final long WC_WR_ID_OFFSET = WC.byteOffset(groupElement("wr_id"));
    static final long WC_STATUS_OFFSET = WC.byteOffset(groupElement("status"));
    static final long WC_OPCODE_OFFSET = WC.byteOffset(groupElement("opcode"));
    static final long WC_VENDOR_ERR_OFFSET = WC.byteOffset(groupElement("vendor_err"));
    static final long WC_BYTE_LEN_OFFSET = WC.byteOffset(groupElement("byte_len"));
    static final long WC_QP_NUM_OFFSET = WC.byteOffset(groupElement("qp_num"));
}
