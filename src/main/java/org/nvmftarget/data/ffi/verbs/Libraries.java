package org.nvmftarget.data.ffi.verbs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;
import org.nvmftarget.data.ffi.Native;

/** The functions of both libraries, found once. */
final class Libraries {

    private static final String CM = "librdmacm.so.1";
    private static final String VERBS = "libibverbs.so.1";

    final MemorySegment rdmaCreateEventChannel;
    final MemorySegment rdmaDestroyEventChannel;
    final MemorySegment rdmaCreateId;
    final MemorySegment rdmaDestroyId;
    final MemorySegment rdmaBindAddr;
    final MemorySegment rdmaListen;
    final MemorySegment rdmaAccept;
    final MemorySegment rdmaNotify;
    final MemorySegment rdmaReject;
    final MemorySegment rdmaDisconnect;
    final MemorySegment rdmaGetCmEvent;
    final MemorySegment rdmaAckCmEvent;
    final MemorySegment rdmaCreateQp;
    final MemorySegment rdmaDestroyQp;
    final MemorySegment rdmaSetOption;
    final MemorySegment rdmaGetDevices;
    final MemorySegment rdmaFreeDevices;
    final MemorySegment ibvGetDeviceList;
    final MemorySegment ibvFreeDeviceList;
    final MemorySegment ibvQueryDevice;
    final MemorySegment ibvAllocPd;
    final MemorySegment ibvDeallocPd;
    final MemorySegment ibvRegMr;
    final MemorySegment ibvDeregMr;
    final MemorySegment ibvCreateCompChannel;
    final MemorySegment ibvDestroyCompChannel;
    final MemorySegment ibvCreateCq;
    final MemorySegment ibvDestroyCq;
    final MemorySegment ibvGetCqEvent;
    final MemorySegment ibvAckCqEvents;
    final MemorySegment ibvCreateSrq;
    final MemorySegment ibvModifySrq;
    final MemorySegment ibvDestroySrq;
    final MemorySegment ibvGetAsyncEvent;
    final MemorySegment ibvAckAsyncEvent;
    final MemorySegment ibvModifyQp;
    final MemorySegment ibvQueryQp;

    private Libraries(SymbolLookup cm, SymbolLookup verbs) {
        rdmaCreateEventChannel = cm.findOrThrow("rdma_create_event_channel");
        rdmaDestroyEventChannel = cm.findOrThrow("rdma_destroy_event_channel");
        rdmaCreateId = cm.findOrThrow("rdma_create_id");
        rdmaDestroyId = cm.findOrThrow("rdma_destroy_id");
        rdmaBindAddr = cm.findOrThrow("rdma_bind_addr");
        rdmaListen = cm.findOrThrow("rdma_listen");
        rdmaAccept = cm.findOrThrow("rdma_accept");
        rdmaNotify = cm.findOrThrow("rdma_notify");
        rdmaReject = cm.findOrThrow("rdma_reject");
        rdmaDisconnect = cm.findOrThrow("rdma_disconnect");
        rdmaGetCmEvent = cm.findOrThrow("rdma_get_cm_event");
        rdmaAckCmEvent = cm.findOrThrow("rdma_ack_cm_event");
        rdmaCreateQp = cm.findOrThrow("rdma_create_qp");
        rdmaDestroyQp = cm.findOrThrow("rdma_destroy_qp");
        rdmaSetOption = cm.findOrThrow("rdma_set_option");
        rdmaGetDevices = cm.findOrThrow("rdma_get_devices");
        rdmaFreeDevices = cm.findOrThrow("rdma_free_devices");
        ibvGetDeviceList = verbs.findOrThrow("ibv_get_device_list");
        ibvFreeDeviceList = verbs.findOrThrow("ibv_free_device_list");
        ibvQueryDevice = verbs.findOrThrow("ibv_query_device");
        ibvAllocPd = verbs.findOrThrow("ibv_alloc_pd");
        ibvDeallocPd = verbs.findOrThrow("ibv_dealloc_pd");
        ibvRegMr = verbs.findOrThrow("ibv_reg_mr");
        ibvDeregMr = verbs.findOrThrow("ibv_dereg_mr");
        ibvCreateCompChannel = verbs.findOrThrow("ibv_create_comp_channel");
        ibvDestroyCompChannel = verbs.findOrThrow("ibv_destroy_comp_channel");
        ibvCreateCq = verbs.findOrThrow("ibv_create_cq");
        ibvDestroyCq = verbs.findOrThrow("ibv_destroy_cq");
        ibvGetCqEvent = verbs.findOrThrow("ibv_get_cq_event");
        ibvAckCqEvents = verbs.findOrThrow("ibv_ack_cq_events");
        ibvCreateSrq = verbs.findOrThrow("ibv_create_srq");
        ibvModifySrq = verbs.findOrThrow("ibv_modify_srq");
        ibvDestroySrq = verbs.findOrThrow("ibv_destroy_srq");
        ibvGetAsyncEvent = verbs.findOrThrow("ibv_get_async_event");
        ibvAckAsyncEvent = verbs.findOrThrow("ibv_ack_async_event");
        ibvModifyQp = verbs.findOrThrow("ibv_modify_qp");
        ibvQueryQp = verbs.findOrThrow("ibv_query_qp");
    }

    /** Loaded on first use, since this class is. */
    private static final class Holder {
        static final Rdma.Loaded LOADED = find();

        private static Rdma.Loaded find() {
            Optional<SymbolLookup> cm = Native.library(CM);
            Optional<SymbolLookup> verbs = Native.library(VERBS);
            if (cm.isPresent() && verbs.isPresent()) {
                return new Rdma.Loaded.Ready(new LibRdma(new Libraries(cm.get(), verbs.get())));
            }
            return new Rdma.Loaded.Missing(missing(cm.isEmpty(), verbs.isEmpty()));
        }
    }

    static Rdma.Loaded load() {
        return Holder.LOADED;
    }

    static String missing(boolean cm, boolean verbs) {
        String what = cm && verbs ? CM + " and " + VERBS : cm ? CM : VERBS;
        return what + " cannot be loaded: install the packages " + Rdma.PACKAGES;
    }
}
