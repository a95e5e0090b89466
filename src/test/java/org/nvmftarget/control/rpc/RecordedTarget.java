package org.nvmftarget.control.rpc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.IoKind;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** The target that the recordings in {@code spdk-rpc/} were made of. */
final class RecordedTarget {

    static final Nqn CNODE1 = new Nqn("nqn.2016-06.io.spdk:cnode1");
    static final Nqn CNODE2 = new Nqn("nqn.2016-06.io.spdk:cnode2");

    /** As SPDK calls it. */
    private static final String REACTOR = "nvmf_tgt_poll_group_000";

    private RecordedTarget() {}

    static LiveState live() {
        SortedMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        facts.put(CNODE1, new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, List.of(controller())));
        facts.put(CNODE2, new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, List.of()));
        facts.put(Nqn.DISCOVERY, new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, List.of()));
        return new LiveState(config(), facts, stats());
    }

    /** With the recorded figures of the devices. */
    static Activity activity() {
        SortedMap<String, Activity.Bdev> bdevs = new TreeMap<>();
        bdevs.put("Null0", reads(334_907, 1_371_807_744, 2_086_732_518, 21_069_386, 1_430));
        bdevs.put("Malloc0", reads(3, 37_376, 402_012, 232_908, 21_190));
        return new Activity(
                4_430_532_732_118L,
                bdevs,
                List.of(
                        new Activity.Event(0, Activity.EventType.BDEV_REGISTER, "Null0"),
                        new Activity.Event(1, Activity.EventType.BDEV_REGISTER, "Malloc0")));
    }

    static EventLoops eventLoops() {
        return new EventLoops(
                List.of(new EventLoops.EventLoop(
                        "reactor-0", OptionalInt.empty(), 15218, 5_064_790_640L, 120_338_039_523L, 9, 7)),
                List.of(new EventLoops.EventLoop(
                        "acceptor", OptionalInt.empty(), 15219, 1_356_179_994L, 55_512_965_339L, 8, 6)));
    }

    private static Activity.Bdev reads(long ops, long bytes, long latencyNs, long maxNs, long minNs) {
        return new Activity.Bdev(List.of(new Activity.Channel(
                Map.of(IoKind.READ, new Activity.Io(ops, bytes, latencyNs, maxNs, minNs)), new TreeMap<>(), 0)));
    }

    private static LiveState.Controller controller() {
        TransportAddress listener = address(4420);
        return new LiveState.Controller(
                1,
                new Nqn("nqn.2014-08.org.nvmexpress:uuid:0a0a0a0a-0b0b-0c0c-0d0d-0e0e0e0e0e0e"),
                "a5b32d74033b4fcabd1d93348a1885ba",
                listener,
                List.of(
                        new LiveState.QueuePair(0, false, REACTOR, listener, Optional.of(address(38906))),
                        new LiveState.QueuePair(1, false, REACTOR, listener, Optional.of(address(38908)))),
                new TreeSet<>(List.of(new Nsid(1))));
    }

    private static LiveState.Stats stats() {
        return new LiveState.Stats(List.of(new LiveState.PollGroup(
                REACTOR, 1, 1, 1, 1, 0, 212521, List.of(LiveState.TransportStats.none(TransportType.TCP)))));
    }

    private static TransportAddress address(int trsvcid) {
        return new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.1", trsvcid);
    }

    static TargetConfig config() {
        SortedMap<TransportType, TransportOptions> transports = new TreeMap<>();
        transports.put(TransportType.TCP, TransportOptions.tcp());
        SortedMap<String, BdevSpec> bdevs = new TreeMap<>();
        bdevs.put("Null0", new BdevSpec.Null("Null0", 262144L * 4096, 4096, uuid("a0")));
        bdevs.put("Malloc0", new BdevSpec.Malloc("Malloc0", 131072L * 512, 512, uuid("b0")));
        SortedMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>();
        subsystems.put(
                CNODE1,
                subsystem(
                        CNODE1,
                        1,
                        32,
                        new TreeSet<>(),
                        new NamespaceSpec(
                                new Nsid(1),
                                "Null0",
                                uuid("a0"),
                                "000000000000000000000000000000A0",
                                Optional.empty())));
        subsystems.put(
                CNODE2,
                subsystem(
                        CNODE2,
                        2,
                        8,
                        new TreeSet<>(List.of(
                                new Nqn("nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555"))),
                        new NamespaceSpec(
                                new Nsid(5),
                                "Malloc0",
                                uuid("c0"),
                                "00112233445566778899AABBCCDDEEFF",
                                Optional.empty(),
                                5,
                                Optional.empty())));
        return new TargetConfig(transports, bdevs, subsystems);
    }

    private static SubsystemSpec subsystem(
            Nqn nqn, int number, int maxNamespaces, SortedSet<Nqn> hosts, NamespaceSpec namespace) {
        SortedMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>();
        namespaces.put(namespace.nsid(), namespace);
        SortedMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>();
        TransportAddress address = address(4419 + number);
        listeners.put(address, ListenerSpec.of(address));
        return new SubsystemSpec(
                nqn,
                "SPDK0000000000000" + number,
                "SPDK_Controller" + number,
                maxNamespaces,
                1,
                65519,
                hosts.isEmpty(),
                hosts,
                namespaces,
                listeners,
                false);
    }

    private static UUID uuid(String end) {
        return UUID.fromString("00000000-0000-0000-0000-0000000000" + end);
    }
}
