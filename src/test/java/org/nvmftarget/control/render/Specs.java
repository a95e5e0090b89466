package org.nvmftarget.control.render;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** Builds configurations in few words; each object is declared on a line of its own, in the order of the calls. */
final class Specs {
    static final Nqn DISK0 = new Nqn("nqn.2026-11.org.example:disk0");
    static final Nqn DISK1 = new Nqn("nqn.2026-11.org.example:disk1");
    static final Nqn HOST_A = new Nqn("nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-2222-3333-4444-555555555555");

    private final TreeMap<TransportType, TransportOptions> transports = new TreeMap<>();
    private final TreeMap<String, BdevSpec> bdevs = new TreeMap<>();
    private final TreeMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>();
    private final Map<ObjectRef, SourceMap.Position> positions = new HashMap<>();

    /** A TCP target with one malloc namespace, as the quick start has it. */
    static Specs quickstart() {
        return new Specs()
                .tcp()
                .malloc("scratch", 64)
                .subsystem(DISK0)
                .namespace(DISK0, 1, "scratch")
                .listener(DISK0, "127.0.0.1");
    }

    static TransportAddress address(String traddr) {
        return new TransportAddress(TransportType.TCP, AddressFamily.IPV4, traddr, 4420);
    }

    private Specs declared(ObjectRef object) {
        positions.putIfAbsent(object, new SourceMap.Position("/etc/nvmf/target.yaml", positions.size() + 1));
        return this;
    }

    Specs transport(TransportOptions options) {
        transports.put(options.trtype(), options);
        return declared(new ObjectRef.Transport(options.trtype()));
    }

    Specs tcp() {
        return transport(TransportOptions.tcp());
    }

    Specs bdev(BdevSpec bdev) {
        bdevs.put(bdev.name(), bdev);
        return declared(new ObjectRef.Bdev(bdev.name()));
    }

    Specs malloc(String name, int mebibytes) {
        return bdev(new BdevSpec.Malloc(name, (long) mebibytes << 20, 512, Identity.bdevUuid("malloc", name, "")));
    }

    Specs subsystem(Nqn nqn) {
        subsystems.put(
                nqn,
                new SubsystemSpec(
                        nqn,
                        "NT00000000000001",
                        "nvmf-target",
                        32,
                        1,
                        0xFFEF,
                        true,
                        new TreeSet<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        false));
        return declared(new ObjectRef.Subsystem(nqn));
    }

    private SubsystemSpec get(Nqn nqn) {
        return Optional.ofNullable(subsystems.get(nqn)).orElseThrow();
    }

    private void put(
            SubsystemSpec s,
            String serialNumber,
            boolean allowAnyHost,
            SortedSet<Nqn> hosts,
            SortedMap<Nsid, NamespaceSpec> namespaces,
            SortedMap<TransportAddress, ListenerSpec> listeners,
            boolean protect) {
        subsystems.put(
                s.nqn(),
                new SubsystemSpec(
                        s.nqn(),
                        serialNumber,
                        s.modelNumber(),
                        s.maxNamespaces(),
                        s.minCntlid(),
                        s.maxCntlid(),
                        allowAnyHost,
                        hosts,
                        namespaces,
                        listeners,
                        protect));
    }

    Specs namespace(Nqn nqn, int nsid, String bdev) {
        BdevSpec behind = Optional.ofNullable(bdevs.get(bdev)).orElseThrow();
        return namespace(nqn, nsid, bdev, Identity.namespaceUuid(nqn, new Nsid(nsid), behind.uuid()));
    }

    Specs namespace(Nqn nqn, int nsid, String bdev, UUID uuid) {
        SubsystemSpec s = get(nqn);
        TreeMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>(s.namespaces());
        namespaces.put(
                new Nsid(nsid), new NamespaceSpec(new Nsid(nsid), bdev, uuid, Identity.nguid(uuid), Optional.empty()));
        TreeMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>(s.listeners());
        put(s, s.serialNumber(), s.allowAnyHost(), new TreeSet<>(s.hosts()), namespaces, listeners, s.protect());
        return declared(new ObjectRef.Namespace(nqn, new Nsid(nsid)));
    }

    Specs listener(Nqn nqn, String traddr) {
        TreeMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>(get(nqn).listeners());
        listeners.put(address(traddr), ListenerSpec.of(address(traddr)));
        return listeners(nqn, listeners).declared(new ObjectRef.Listener(nqn, address(traddr)));
    }

    private Specs listeners(Nqn nqn, SortedMap<TransportAddress, ListenerSpec> listeners) {
        SubsystemSpec s = get(nqn);
        TreeMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>(s.namespaces());
        put(s, s.serialNumber(), s.allowAnyHost(), new TreeSet<>(s.hosts()), namespaces, listeners, s.protect());
        return this;
    }

    Specs serialNumber(Nqn nqn, String serialNumber) {
        SubsystemSpec s = get(nqn);
        TreeMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>(s.namespaces());
        TreeMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>(s.listeners());
        put(s, serialNumber, s.allowAnyHost(), new TreeSet<>(s.hosts()), namespaces, listeners, s.protect());
        return this;
    }

    TargetConfig config() {
        return new TargetConfig(transports, bdevs, subsystems);
    }

    SourceMap sources() {
        return new SourceMap(positions);
    }

    /** Live, with {@link #HOST_A} connected to every subsystem through its first listener. */
    LiveState live() {
        TreeMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        for (SubsystemSpec s : subsystems.values()) {
            List<LiveState.Controller> controllers = s.listeners().keySet().stream()
                    .limit(1)
                    .map(address ->
                            new LiveState.Controller(1, HOST_A, "00".repeat(16), address, List.of(), new TreeSet<>()))
                    .toList();
            facts.put(s.nqn(), new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, controllers));
        }
        return new LiveState(config(), facts);
    }
}
