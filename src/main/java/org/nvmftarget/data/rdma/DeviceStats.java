package org.nvmftarget.data.rdma;

import java.util.concurrent.atomic.AtomicLong;
import org.nvmftarget.model.LiveState;

/** What a reactor has done on a device, counted as {@code nvmf_get_stats} names it. */
final class DeviceStats {

    /** Looks at a completion queue, and of these the ones that found nothing. */
    final Counter polls = new Counter();

    final Counter idlePolls = new Counter();
    final Counter completions = new Counter();

    /** Commands that came, and nanoseconds from their arrival to the acknowledgement of the response, over all. */
    final Counter requests = new Counter();

    final Counter requestLatencyNs = new Counter();

    /** Commands that waited for a request. */
    final Counter pendingFreeRequest = new Counter();

    /** Commands that waited for a read credit or a place in the send queue before their RDMA read. */
    final Counter pendingRdmaRead = new Counter();

    /** Commands that waited for places in the send queue before their RDMA write. */
    final Counter pendingRdmaWrite = new Counter();

    /** Commands without data that waited for a place in the send queue before their response. */
    final Counter pendingRdmaSend = new Counter();

    /** Commands that waited for memory for their data. */
    final Counter pendingDataBuffer = new Counter();

    final Counter totalSendWrs = new Counter();
    final Counter sendDoorbellUpdates = new Counter();
    final Counter totalRecvWrs = new Counter();
    final Counter recvDoorbellUpdates = new Counter();

    /** Bytes that are pinned for data and capsules; not the reactor's, but of whoever pins them. */
    final AtomicLong poolBytes = new AtomicLong();

    LiveState.RdmaDevice live(String device) {
        return new LiveState.RdmaDevice(
                device,
                polls.get(),
                idlePolls.get(),
                completions.get(),
                requests.get(),
                requestLatencyNs.get(),
                pendingFreeRequest.get(),
                pendingRdmaRead.get(),
                pendingRdmaWrite.get(),
                pendingRdmaSend.get(),
                totalSendWrs.get(),
                sendDoorbellUpdates.get(),
                totalRecvWrs.get(),
                recvDoorbellUpdates.get());
    }
}
