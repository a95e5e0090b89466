package org.nvmftarget.control.rpc;

import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Connections and counters in SPDK 26.09's words. */
final class SpdkLiveJson {

    /** A tick is a nanosecond. */
    static final long TICKS_PER_SECOND = 1_000_000_000L;

    private static final int UUID_DIGITS = 32;

    private SpdkLiveJson() {}

    /** SPDK counts the admin queue in. */
    static ObjectNode controller(Nqn subsystem, LiveState.Controller controller) {
        return Json.object()
                .put("cntlid", controller.cntlid())
                .put("cntrltype", subsystem.equals(Nqn.DISCOVERY) ? "discovery" : "io")
                .put("hostnqn", controller.host().value())
                .put("hostid", uuid(controller.hostId()))
                .put("num_io_qpairs", controller.queuePairs().size());
    }

    /** With its hyphens. */
    private static String uuid(String digits) {
        return digits.length() != UUID_DIGITS
                ? digits
                : String.join(
                        "-",
                        digits.substring(0, 8),
                        digits.substring(8, 12),
                        digits.substring(12, 16),
                        digits.substring(16, 20),
                        digits.substring(20));
    }

    /** @param thread SPDK's name of the pair's reactor */
    static ObjectNode queuePair(LiveState.Controller controller, LiveState.QueuePair pair, String thread) {
        ObjectNode json = Json.object()
                .put("cntlid", controller.cntlid())
                .put("qid", pair.qid())
                .put("state", state(pair))
                .put("thread", thread)
                .put("hostnqn", controller.host().value());
        json.set("listen_address", SpdkJson.address(pair.local()));
        pair.peer().ifPresent(peer -> json.set("peer_address", SpdkJson.address(peer)));
        pair.auth()
                .ifPresent(auth -> json.putObject("auth")
                        .put("state", auth.state())
                        .put("digest", auth.digest().orElse("unknown"))
                        .put("dhgroup", auth.dhgroup().orElse("unknown")));
        return json;
    }

    private static String state(LiveState.QueuePair pair) {
        if (pair.leaving()) {
            return "deactivating";
        }
        return pair.auth().filter(auth -> !auth.authenticated()).isPresent() ? "authenticating" : "enabled";
    }

    static ObjectNode stats(LiveState.Stats stats) {
        ObjectNode json = Json.object().put("tick_rate", TICKS_PER_SECOND);
        ArrayNode groups = json.putArray("poll_groups");
        for (int i = 0; i < stats.pollGroups().size(); i++) {
            groups.add(pollGroup(SpdkThreads.pollGroup(i), stats.pollGroups().get(i)));
        }
        return json;
    }

    /** Bdevs take every command at once: none is pending for one. */
    private static ObjectNode pollGroup(String name, LiveState.PollGroup group) {
        ObjectNode json = Json.object()
                .put("name", name)
                .put("admin_qpairs", group.adminQpairs())
                .put("io_qpairs", group.ioQpairs())
                .put("current_admin_qpairs", group.currentAdminQpairs())
                .put("current_io_qpairs", group.currentIoQpairs())
                .put("current_unassociated_qpairs", group.currentUnassociatedQpairs())
                .put("pending_bdev_io", 0)
                .put("completed_nvme_io", group.completedNvmeIo());
        ArrayNode transports = json.putArray("transports");
        group.transports().forEach(transport -> transports.add(transport(transport)));
        return json;
    }

    private static ObjectNode transport(LiveState.TransportStats stats) {
        ObjectNode json = Json.object().put("trtype", stats.trtype().name());
        switch (stats.trtype()) {
            case RDMA -> {
                json.put("pending_data_buffer", stats.pendingDataBuffer());
                ArrayNode devices = json.putArray("devices");
                stats.devices().forEach(device -> devices.add(device(device)));
            }
            case TCP -> {}
        }
        return json;
    }

    private static ObjectNode device(LiveState.RdmaDevice device) {
        return Json.object()
                .put("name", device.name())
                .put("polls", device.polls())
                .put("idle_polls", device.idlePolls())
                .put("completions", device.completions())
                .put("requests", device.requests())
                .put("request_latency", device.requestLatencyNs())
                .put("pending_free_request", device.pendingFreeRequest())
                .put("pending_rdma_read", device.pendingRdmaRead())
                .put("pending_rdma_write", device.pendingRdmaWrite())
                .put("pending_rdma_send", device.pendingRdmaSend())
                .put("total_send_wrs", device.totalSendWrs())
                .put("send_doorbell_updates", device.sendDoorbellUpdates())
                .put("total_recv_wrs", device.totalRecvWrs())
                .put("recv_doorbell_updates", device.recvDoorbellUpdates());
    }
}
