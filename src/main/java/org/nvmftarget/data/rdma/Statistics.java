package org.nvmftarget.data.rdma;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.TransportType;

/**
 * What each reactor has done on each device since the program began, also on devices that went and came back. Safe on
 * every thread.
 */
final class Statistics {

    /** By the reactor's name, then by the device's. */
    private final Map<String, Map<String, DeviceStats>> all = new ConcurrentSkipListMap<>();

    DeviceStats of(Reactor reactor, String device) {
        return all.computeIfAbsent(reactor.name(), name -> new ConcurrentSkipListMap<>())
                .computeIfAbsent(device, name -> new DeviceStats());
    }

    LiveState.TransportStats live(Reactor reactor) {
        Map<String, DeviceStats> devices = all.getOrDefault(reactor.name(), Map.of());
        long poolBytes = 0;
        long pendingDataBuffer = 0;
        for (DeviceStats stats : devices.values()) {
            poolBytes += stats.poolBytes.get();
            pendingDataBuffer += stats.pendingDataBuffer.get();
        }
        List<LiveState.RdmaDevice> lines = devices.entrySet().stream()
                .map(entry -> entry.getValue().live(entry.getKey()))
                .toList();
        return new LiveState.TransportStats(TransportType.RDMA, poolBytes, pendingDataBuffer, lines);
    }
}
