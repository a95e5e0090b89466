package org.nvmftarget.control.rpc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** A target with what the recordings do not have: ANA groups, namespace hosts, discovery's own settings, RDMA counters. */
final class FullTarget {

    static final Nqn NQN = new Nqn("nqn.2026-11.org.example:a");

    private static final Nqn HOST = new Nqn("nqn.2026-11.org.example:host");
    private static final TransportAddress DISCOVERY =
            new TransportAddress(TransportType.RDMA, AddressFamily.IPV6, "fd00::1", 8009);
    private static final TransportAddress ELSEWHERE =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.9", 8009);

    private FullTarget() {}

    static LiveState live() {
        SortedMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        SortedMap<Nsid, LiveState.Reservation> reservations = new TreeMap<>();
        reservations.put(
                new Nsid(-2), new LiveState.Reservation("exclusive_access_all_registrants", List.of("1", "2")));
        facts.put(
                NQN,
                new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, List.of(), new TreeMap<>(), reservations));
        facts.put(
                Nqn.DISCOVERY,
                new LiveState.Subsystem(
                        LiveState.SubsystemState.ACTIVE,
                        List.of(new LiveState.Controller(
                                3,
                                HOST,
                                "1".repeat(32),
                                DISCOVERY,
                                List.of(new LiveState.QueuePair(0, true, "reactor-0", DISCOVERY, Optional.empty())),
                                new TreeSet<>(),
                                Set.of(TransportOptions.rdma())))));
        return new LiveState(config(), facts, stats());
    }

    private static LiveState.Stats stats() {
        LiveState.RdmaDevice device = new LiveState.RdmaDevice("rxe0", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
        return new LiveState.Stats(List.of(
                group("reactor-0", new LiveState.TransportStats(TransportType.RDMA, 4096, 7, List.of(device))),
                group("reactor-1", new LiveState.TransportStats(TransportType.RDMA, 4099, 0, List.of()))));
    }

    private static LiveState.PollGroup group(String name, LiveState.TransportStats transport) {
        return new LiveState.PollGroup(name, 0, 0, 0, 0, 0, 0, List.of(transport));
    }

    private static TargetConfig config() {
        TransportAddress address = new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.1", 4420);
        UUID uuid = new UUID(1, 1);
        NamespaceSpec namespace = new NamespaceSpec(
                new Nsid(1),
                "a",
                uuid,
                Identity.nguid(uuid),
                Optional.empty(),
                40,
                Optional.of(new TreeSet<>(List.of(HOST))));
        SubsystemSpec subsystem = new SubsystemSpec(
                NQN,
                "s",
                "m",
                32,
                1,
                9,
                true,
                new TreeSet<>(),
                new TreeMap<>(Map.of(new Nsid(1), namespace)),
                new TreeMap<>(Map.of(
                        address,
                        new ListenerSpec(
                                address, AnaState.OPTIMIZED, new TreeMap<>(Map.of(2, AnaState.INACCESSIBLE))))),
                false);
        return new TargetConfig(
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(Map.of(NQN, subsystem)),
                new DiscoverySpec(
                        new TreeSet<>(List.of(DISCOVERY)),
                        new TreeMap<>(Map.of(ELSEWHERE, new Referral(ELSEWHERE, Nqn.DISCOVERY, true)))));
    }
}
