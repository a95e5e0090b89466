package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/** The structs of {@code rdma/rdma_cma.h} (rdma-core 44) and the socket addresses in them, as far as they are read. */
final class CmLayouts {
    private CmLayouts() {}

    /** Bytes of {@code sockaddr_storage}. */
    static final int SOCKADDR_BYTES = 128;

    static final StructLayout EVENT_CHANNEL = MemoryLayout.structLayout(JAVA_INT.withName("fd"));
    static final long EVENT_CHANNEL_FD_OFFSET = EVENT_CHANNEL.byteOffset(groupElement("fd"));

    private static final StructLayout RDMA_ADDR = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(SOCKADDR_BYTES, JAVA_BYTE).withName("src_addr"),
            MemoryLayout.sequenceLayout(SOCKADDR_BYTES, JAVA_BYTE).withName("dst_addr"),
            MemoryLayout.sequenceLayout(40, JAVA_BYTE).withName("addr"));

    private static final StructLayout ROUTE = MemoryLayout.structLayout(
            RDMA_ADDR.withName("addr"),
            ADDRESS.withName("path_rec"),
            JAVA_INT.withName("num_paths"),
            MemoryLayout.paddingLayout(4));

    /** {@code struct rdma_cm_id} up to {@code port_num}; C allocates it. */
    static final StructLayout CM_ID = MemoryLayout.structLayout(
            ADDRESS.withName("verbs"),
            ADDRESS.withName("channel"),
            ADDRESS.withName("context"),
            ADDRESS.withName("qp"),
            ROUTE.withName("route"),
            JAVA_INT.withName("ps"),
            JAVA_BYTE.withName("port_num"),
            MemoryLayout.paddingLayout(3));

    static final long CM_ID_VERBS_OFFSET = CM_ID.byteOffset(groupElement("verbs"));
    static final long CM_ID_QP_OFFSET = CM_ID.byteOffset(groupElement("qp"));
    static final long CM_ID_SRC_ADDR_OFFSET =
            CM_ID.byteOffset(groupElement("route"), groupElement("addr"), groupElement("src_addr"));
    static final long CM_ID_DST_ADDR_OFFSET =
            CM_ID.byteOffset(groupElement("route"), groupElement("addr"), groupElement("dst_addr"));

    static final StructLayout CONN_PARAM = MemoryLayout.structLayout(
            ADDRESS.withName("private_data"),
            JAVA_BYTE.withName("private_data_len"),
            JAVA_BYTE.withName("responder_resources"),
            JAVA_BYTE.withName("initiator_depth"),
            JAVA_BYTE.withName("flow_control"),
            JAVA_BYTE.withName("retry_count"),
            JAVA_BYTE.withName("rnr_retry_count"),
            JAVA_BYTE.withName("srq"),
            MemoryLayout.paddingLayout(1),
            JAVA_INT.withName("qp_num"),
            MemoryLayout.paddingLayout(4));

    static final long PRIVATE_DATA_OFFSET = CONN_PARAM.byteOffset(groupElement("private_data"));
    static final long PRIVATE_DATA_LEN_OFFSET = CONN_PARAM.byteOffset(groupElement("private_data_len"));
    static final long RESPONDER_RESOURCES_OFFSET = CONN_PARAM.byteOffset(groupElement("responder_resources"));
    static final long INITIATOR_DEPTH_OFFSET = CONN_PARAM.byteOffset(groupElement("initiator_depth"));
    static final long FLOW_CONTROL_OFFSET = CONN_PARAM.byteOffset(groupElement("flow_control"));
    static final long RETRY_COUNT_OFFSET = CONN_PARAM.byteOffset(groupElement("retry_count"));
    static final long RNR_RETRY_COUNT_OFFSET = CONN_PARAM.byteOffset(groupElement("rnr_retry_count"));

    /** {@code struct rdma_cm_event} up to {@code param.conn}; C allocates it. */
    static final StructLayout CM_EVENT = MemoryLayout.structLayout(
            ADDRESS.withName("id"),
            ADDRESS.withName("listen_id"),
            JAVA_INT.withName("event"),
            JAVA_INT.withName("status"),
            CONN_PARAM.withName("param"));

    static final long EVENT_ID_OFFSET = CM_EVENT.byteOffset(groupElement("id"));
    static final long EVENT_LISTEN_ID_OFFSET = CM_EVENT.byteOffset(groupElement("listen_id"));
    static final long EVENT_EVENT_OFFSET = CM_EVENT.byteOffset(groupElement("event"));
    static final long EVENT_STATUS_OFFSET = CM_EVENT.byteOffset(groupElement("status"));
    static final long EVENT_PARAM_OFFSET = CM_EVENT.byteOffset(groupElement("param"));

    static final StructLayout SOCKADDR_IN = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin_family"),
            JAVA_SHORT.withName("sin_port"),
            MemoryLayout.sequenceLayout(4, JAVA_BYTE).withName("sin_addr"),
            MemoryLayout.paddingLayout(8));

    static final long SIN_FAMILY_OFFSET = SOCKADDR_IN.byteOffset(groupElement("sin_family"));
    static final long SIN_PORT_OFFSET = SOCKADDR_IN.byteOffset(groupElement("sin_port"));
    static final long SIN_ADDR_OFFSET = SOCKADDR_IN.byteOffset(groupElement("sin_addr"));

    static final StructLayout SOCKADDR_IN6 = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin6_family"),
            JAVA_SHORT.withName("sin6_port"),
            JAVA_INT.withName("sin6_flowinfo"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("sin6_addr"),
            JAVA_INT.withName("sin6_scope_id"));

    static final long SIN6_ADDR_OFFSET = SOCKADDR_IN6.byteOffset(groupElement("sin6_addr"));
    static final long SIN6_SCOPE_ID_OFFSET = SOCKADDR_IN6.byteOffset(groupElement("sin6_scope_id"));
}
