package org.nvmftarget.data.ffi.verbs;

import java.util.Map;
import java.util.TreeMap;

/** The offsets and sizes that the bindings use, by C's names. */
final class Offsets {
    private Offsets() {}

    static Map<String, Long> ofBindings() {
        Map<String, Long> m = new TreeMap<>();
        cm(m);
        verbs(m);
        attributes(m);
        work(m);
        return m;
    }

    private static void cm(Map<String, Long> m) {
        m.put("rdma_event_channel.fd", CmLayouts.EVENT_CHANNEL_FD_OFFSET);
        m.put("rdma_cm_id.verbs", CmLayouts.CM_ID_VERBS_OFFSET);
        m.put("rdma_cm_id.qp", CmLayouts.CM_ID_QP_OFFSET);
        m.put("rdma_cm_id.route.addr.src_storage", CmLayouts.CM_ID_SRC_ADDR_OFFSET);
        m.put("rdma_cm_id.route.addr.dst_storage", CmLayouts.CM_ID_DST_ADDR_OFFSET);
        m.put("rdma_conn_param", CmLayouts.CONN_PARAM.byteSize());
        m.put("rdma_conn_param.private_data", CmLayouts.PRIVATE_DATA_OFFSET);
        m.put("rdma_conn_param.private_data_len", CmLayouts.PRIVATE_DATA_LEN_OFFSET);
        m.put("rdma_conn_param.responder_resources", CmLayouts.RESPONDER_RESOURCES_OFFSET);
        m.put("rdma_conn_param.initiator_depth", CmLayouts.INITIATOR_DEPTH_OFFSET);
        m.put("rdma_conn_param.flow_control", CmLayouts.FLOW_CONTROL_OFFSET);
        m.put("rdma_conn_param.retry_count", CmLayouts.RETRY_COUNT_OFFSET);
        m.put("rdma_conn_param.rnr_retry_count", CmLayouts.RNR_RETRY_COUNT_OFFSET);
        m.put("rdma_cm_event.id", CmLayouts.EVENT_ID_OFFSET);
        m.put("rdma_cm_event.listen_id", CmLayouts.EVENT_LISTEN_ID_OFFSET);
        m.put("rdma_cm_event.event", CmLayouts.EVENT_EVENT_OFFSET);
        m.put("rdma_cm_event.status", CmLayouts.EVENT_STATUS_OFFSET);
        m.put("rdma_cm_event.param.conn", CmLayouts.EVENT_PARAM_OFFSET);
        m.put("sockaddr_storage", (long) CmLayouts.SOCKADDR_BYTES);
        m.put("sockaddr_in.sin_family", CmLayouts.SIN_FAMILY_OFFSET);
        m.put("sockaddr_in.sin_port", CmLayouts.SIN_PORT_OFFSET);
        m.put("sockaddr_in.sin_addr", CmLayouts.SIN_ADDR_OFFSET);
        m.put("sockaddr_in6.sin6_addr", CmLayouts.SIN6_ADDR_OFFSET);
        m.put("sockaddr_in6.sin6_scope_id", CmLayouts.SIN6_SCOPE_ID_OFFSET);
    }

    private static void verbs(Map<String, Long> m) {
        m.put("ibv_context.device", VerbsLayouts.CONTEXT_DEVICE_OFFSET);
        m.put("ibv_context.async_fd", VerbsLayouts.CONTEXT_ASYNC_FD_OFFSET);
        m.put("ibv_context.num_comp_vectors", VerbsLayouts.CONTEXT_NUM_COMP_VECTORS_OFFSET);
        m.put("ibv_context.ops.poll_cq", VerbsLayouts.POLL_CQ_OFFSET);
        m.put("ibv_context.ops.req_notify_cq", VerbsLayouts.REQ_NOTIFY_CQ_OFFSET);
        m.put("ibv_context.ops.post_srq_recv", VerbsLayouts.POST_SRQ_RECV_OFFSET);
        m.put("ibv_context.ops.post_send", VerbsLayouts.POST_SEND_OFFSET);
        m.put("ibv_context.ops.post_recv", VerbsLayouts.POST_RECV_OFFSET);
        m.put("ibv_device.transport_type", VerbsLayouts.DEVICE_TRANSPORT_TYPE_OFFSET);
        m.put("ibv_async_event", VerbsLayouts.ASYNC_EVENT.byteSize());
        m.put("ibv_async_event.element", VerbsLayouts.ASYNC_EVENT_ELEMENT_OFFSET);
        m.put("ibv_async_event.event_type", VerbsLayouts.ASYNC_EVENT_TYPE_OFFSET);
        m.put("ibv_srq_attr", VerbsLayouts.SRQ_ATTR.byteSize());
        m.put("ibv_srq_attr.srq_limit", VerbsLayouts.SRQ_LIMIT_OFFSET);
        m.put("ibv_srq_init_attr", VerbsLayouts.SRQ_INIT_ATTR.byteSize());
        m.put("ibv_srq_init_attr.attr.max_wr", VerbsLayouts.SRQ_INIT_MAX_WR_OFFSET);
        m.put("ibv_srq_init_attr.attr.max_sge", VerbsLayouts.SRQ_INIT_MAX_SGE_OFFSET);
        m.put("ibv_srq_init_attr.attr.srq_limit", VerbsLayouts.SRQ_INIT_LIMIT_OFFSET);
        m.put("ibv_device.name", VerbsLayouts.DEVICE_NAME_OFFSET);
        m.put("ibv_mr.lkey", VerbsLayouts.MR_LKEY_OFFSET);
        m.put("ibv_mr.rkey", VerbsLayouts.MR_RKEY_OFFSET);
        m.put("ibv_comp_channel.fd", VerbsLayouts.COMP_CHANNEL_FD_OFFSET);
        m.put("ibv_cq.cqe", VerbsLayouts.CQ_CQE_OFFSET);
        m.put("ibv_qp.qp_num", VerbsLayouts.QP_QP_NUM_OFFSET);
    }

    private static void attributes(Map<String, Long> m) {
        m.put("ibv_device_attr", VerbsLayouts.DEVICE_ATTR.byteSize());
        m.put("ibv_device_attr.vendor_id", VerbsLayouts.VENDOR_ID_OFFSET);
        m.put("ibv_device_attr.device_cap_flags", VerbsLayouts.DEVICE_CAP_FLAGS_OFFSET);
        m.put("ibv_device_attr.max_qp", VerbsLayouts.MAX_QP_OFFSET);
        m.put("ibv_device_attr.max_sge_rd", VerbsLayouts.MAX_SGE_RD_OFFSET);
        m.put("ibv_device_attr.max_cq", VerbsLayouts.MAX_CQ_OFFSET);
        m.put("ibv_device_attr.max_mr", VerbsLayouts.MAX_MR_OFFSET);
        m.put("ibv_device_attr.max_pd", VerbsLayouts.MAX_PD_OFFSET);
        m.put("ibv_device_attr.max_srq", VerbsLayouts.MAX_SRQ_OFFSET);
        m.put("ibv_device_attr.max_srq_sge", VerbsLayouts.MAX_SRQ_SGE_OFFSET);
        m.put("ibv_device_attr.max_qp_wr", VerbsLayouts.MAX_QP_WR_OFFSET);
        m.put("ibv_device_attr.max_sge", VerbsLayouts.MAX_SGE_OFFSET);
        m.put("ibv_device_attr.max_cqe", VerbsLayouts.MAX_CQE_OFFSET);
        m.put("ibv_device_attr.max_mr_size", VerbsLayouts.MAX_MR_SIZE_OFFSET);
        m.put("ibv_device_attr.max_qp_rd_atom", VerbsLayouts.MAX_QP_RD_ATOM_OFFSET);
        m.put("ibv_device_attr.max_qp_init_rd_atom", VerbsLayouts.MAX_QP_INIT_RD_ATOM_OFFSET);
        m.put("ibv_device_attr.max_srq_wr", VerbsLayouts.MAX_SRQ_WR_OFFSET);
        m.put("ibv_qp_init_attr", VerbsLayouts.QP_INIT_ATTR.byteSize());
        m.put("ibv_qp_init_attr.send_cq", VerbsLayouts.INIT_SEND_CQ_OFFSET);
        m.put("ibv_qp_init_attr.recv_cq", VerbsLayouts.INIT_RECV_CQ_OFFSET);
        m.put("ibv_qp_init_attr.srq", VerbsLayouts.INIT_SRQ_OFFSET);
        m.put("ibv_qp_init_attr.cap.max_send_wr", VerbsLayouts.INIT_MAX_SEND_WR_OFFSET);
        m.put("ibv_qp_init_attr.cap.max_recv_wr", VerbsLayouts.INIT_MAX_RECV_WR_OFFSET);
        m.put("ibv_qp_init_attr.cap.max_send_sge", VerbsLayouts.INIT_MAX_SEND_SGE_OFFSET);
        m.put("ibv_qp_init_attr.cap.max_recv_sge", VerbsLayouts.INIT_MAX_RECV_SGE_OFFSET);
        m.put("ibv_qp_init_attr.qp_type", VerbsLayouts.INIT_QP_TYPE_OFFSET);
        m.put("ibv_qp_attr", VerbsLayouts.QP_ATTR.byteSize());
        m.put("ibv_qp_attr.qp_state", VerbsLayouts.ATTR_QP_STATE_OFFSET);
        m.put("ibv_qp_attr.max_rd_atomic", VerbsLayouts.ATTR_MAX_RD_ATOMIC_OFFSET);
        m.put("ibv_qp_attr.min_rnr_timer", VerbsLayouts.ATTR_MIN_RNR_TIMER_OFFSET);
    }

    private static void work(Map<String, Long> m) {
        m.put("ibv_sge", WorkLayouts.SGE.byteSize());
        m.put("ibv_sge.addr", WorkLayouts.SGE_ADDR_OFFSET);
        m.put("ibv_sge.length", WorkLayouts.SGE_LENGTH_OFFSET);
        m.put("ibv_sge.lkey", WorkLayouts.SGE_LKEY_OFFSET);
        m.put("ibv_send_wr", WorkLayouts.SEND_WR.byteSize());
        m.put("ibv_send_wr.wr_id", WorkLayouts.SEND_WR_ID_OFFSET);
        m.put("ibv_send_wr.next", WorkLayouts.SEND_NEXT_OFFSET);
        m.put("ibv_send_wr.sg_list", WorkLayouts.SEND_SG_LIST_OFFSET);
        m.put("ibv_send_wr.num_sge", WorkLayouts.SEND_NUM_SGE_OFFSET);
        m.put("ibv_send_wr.opcode", WorkLayouts.SEND_OPCODE_OFFSET);
        m.put("ibv_send_wr.send_flags", WorkLayouts.SEND_FLAGS_OFFSET);
        m.put("ibv_send_wr.invalidate_rkey", WorkLayouts.SEND_INVALIDATE_RKEY_OFFSET);
        m.put("ibv_send_wr.wr.rdma.remote_addr", WorkLayouts.SEND_REMOTE_ADDR_OFFSET);
        m.put("ibv_send_wr.wr.rdma.rkey", WorkLayouts.SEND_RKEY_OFFSET);
        m.put("ibv_recv_wr", WorkLayouts.RECV_WR.byteSize());
        m.put("ibv_recv_wr.wr_id", WorkLayouts.RECV_WR_ID_OFFSET);
        m.put("ibv_recv_wr.next", WorkLayouts.RECV_NEXT_OFFSET);
        m.put("ibv_recv_wr.sg_list", WorkLayouts.RECV_SG_LIST_OFFSET);
        m.put("ibv_recv_wr.num_sge", WorkLayouts.RECV_NUM_SGE_OFFSET);
        m.put("ibv_wc", WorkLayouts.WC_BYTES);
        m.put("ibv_wc.wr_id", WorkLayouts.WC_WR_ID_OFFSET);
        m.put("ibv_wc.status", WorkLayouts.WC_STATUS_OFFSET);
        m.put("ibv_wc.opcode", WorkLayouts.WC_OPCODE_OFFSET);
        m.put("ibv_wc.vendor_err", WorkLayouts.WC_VENDOR_ERR_OFFSET);
        m.put("ibv_wc.byte_len", WorkLayouts.WC_BYTE_LEN_OFFSET);
        m.put("ibv_wc.qp_num", WorkLayouts.WC_QP_NUM_OFFSET);
    }
}
