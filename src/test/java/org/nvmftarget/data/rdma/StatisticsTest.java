package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.TransportType;

class StatisticsTest extends QueueRig {

    private final Statistics statistics = new Statistics();

    @Test
    void aReactorWithoutDevicesHasNothing() {
        assertEquals(LiveState.TransportStats.none(TransportType.RDMA), statistics.live(reactor));
    }

    @Test
    void countersOfADeviceGoOnWhenItComesBack() {
        statistics.of(reactor, "rxe0").requests.add(3);
        statistics.of(reactor, "rxe0").requests.add(4);
        List<LiveState.RdmaDevice> devices = statistics.live(reactor).devices();
        assertEquals(1, devices.size());
        assertEquals("rxe0", devices.getFirst().name());
        assertEquals(7, devices.getFirst().requests());
    }

    @Test
    void poolsAndWaitsAreSummedUpOverDevices() {
        statistics.of(reactor, "rxe0").poolBytes.addAndGet(4096);
        statistics.of(reactor, "rxe1").poolBytes.addAndGet(8192);
        statistics.of(reactor, "rxe1").pendingDataBuffer.add(2);
        assertEquals(12288, statistics.live(reactor).poolBytes());
        assertEquals(2, statistics.live(reactor).pendingDataBuffer());
    }

    @Test
    void everyPostPollAndCommandIsCounted() throws VerbsException {
        openShared(16, false);
        for (int i = 0; i < 2; i++) {
            verbs.capsule(capsule(SglDescriptor.KEYED_ADDRESS, 0));
        }
        poller.poll();
        answerAll(true);
        completeSends();
        poller.poll();
        assertEquals(2, stats.requests.get());
        assertEquals(3, stats.completions.get());
        assertEquals(4, stats.polls.get());
        assertEquals(2, stats.idlePolls.get());
        assertEquals(2, stats.totalSendWrs.get());
        assertEquals(1, stats.sendDoorbellUpdates.get());
        assertEquals(18, stats.totalRecvWrs.get());
        assertEquals(2, stats.recvDoorbellUpdates.get());
    }

    @Test
    void whatWaitsIsCountedOnceByItsReason() throws VerbsException {
        openOwn(20);
        for (int i = 0; i < 3; i++) {
            host(Direction.HOST_TO_CONTROLLER, 512);
        }
        assertEquals(1, stats.pendingRdmaRead.get());
        openOwn(1);
        for (int i = 0; i < 2; i++) {
            host(Direction.NONE, 0);
        }
        answerAll(true);
        assertEquals(1, stats.pendingRdmaSend.get());
        assertEquals(0, stats.pendingRdmaWrite.get());
    }
}
