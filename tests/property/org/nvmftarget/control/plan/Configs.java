package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/**
 * Random valid configurations over few names, so that two of them nearly always touch the same objects.
 */
final class Configs {
    static final int DRIVE_BLOCK_BYTES = 512;

    private final Random random;
    /** Few, so that bdevs take files over from one another. */
    private final List<String> paths = new ArrayList<>(List.of("/srv/one", "/srv/two", "/srv/three"));

    /** Namespaces of NVMe drives, each of which is a block device, too. */
    private final List<String> drives = new ArrayList<>(List.of("0n1", "1n1"));

    private Configs(long seed) {
        random = new Random(seed);
    }

    static TargetConfig of(long seed) {
        return new Configs(seed).config();
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private TargetConfig config() {
        TreeMap<TransportType, TransportOptions> transports = new TreeMap<>();
        for (TransportType trtype : TransportType.values()) {
            if (chance(75)) {
                transports.put(trtype, options(trtype));
            }
        }
        TreeMap<String, BdevSpec> bdevs = new TreeMap<>();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            if (chance(75)) {
                bdevs.put(name, bdev(name));
            }
        }
        List<String> free = new ArrayList<>(bdevs.keySet());
        for (String name : List.of("v", "w", "x")) {
            if (chance(40) && !free.isEmpty()) {
                String base = free.remove(random.nextInt(free.size()));
                bdevs.put(name, over(name, Objects.requireNonNull(bdevs.get(base))));
                free.add(name);
            }
        }
        TreeMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            if (chance(75)) {
                Nqn nqn = new Nqn("nqn.2026-11.org.example:s" + i);
                subsystems.put(nqn, subsystem(nqn, transports, bdevs, free));
            }
        }
        return new TargetConfig(transports, bdevs, subsystems, discovery(transports));
    }

    private TransportOptions options(TransportType trtype) {
        boolean usual = chance(70);
        return switch (trtype) {
            case RDMA -> usual ? TransportOptions.rdma() : rdmaWithoutSrq();
            case TCP -> new TransportOptions.Tcp(TransportOptions.Common.DEFAULTS, usual, 0, 32);
        };
    }

    private static TransportOptions.Rdma rdmaWithoutSrq() {
        return new TransportOptions.Rdma(
                TransportOptions.Common.DEFAULTS, 4096, true, 4096, 128, false, 4095, TransportOptions.Poll.BUSY);
    }

    private BdevSpec bdev(String name) {
        BdevSpec bdev = unlimited(name);
        return chance(70) ? bdev : bdev.withLimits(new BdevLimits(1000L << random.nextInt(2), 0, 0, 0, 0, 1 << 20));
    }

    private BdevSpec over(String name, BdevSpec base) {
        BdevSpec bdev = chance(50)
                ? new BdevSpec.Delay(
                        name,
                        base.name(),
                        new BdevLatencies(random.nextInt(2), 0, 0, 1),
                        0,
                        0,
                        Identity.bdevUuid("delay", name, base.uuid().toString()),
                        BdevLimits.NONE)
                : new BdevSpec.Failing(
                        name,
                        base.name(),
                        chance(50)
                                ? List.of()
                                : List.of(new BdevError(BdevError.IoType.ALL, BdevError.Status.GONE, 0, 0, 1, 0)),
                        0,
                        0,
                        // As if it were declared: it stays when the base becomes another.
                        Identity.bdevUuid("error", name, ""),
                        BdevLimits.NONE);
        return chance(80) ? bdev : bdev.withLimits(new BdevLimits(1000, 0, 0, 0, 0, 0));
    }

    private BdevSpec unlimited(String name) {
        long size = (1 + random.nextInt(2)) * (64L << 20);
        int block = chance(80) ? 512 : 4096;
        if (chance(40) && !paths.isEmpty()) {
            // Of one size: what becomes of files that are larger than declared is no rule of all plans.
            String path = paths.remove(random.nextInt(paths.size()));
            return new BdevSpec.File(name, path, 64L << 20, block, false, Identity.bdevUuid("file", name, path));
        }
        if (chance(30) && !drives.isEmpty()) {
            return device(name, drives.remove(random.nextInt(drives.size())));
        }
        return chance(70)
                ? new BdevSpec.Malloc(name, size, block, Identity.bdevUuid("malloc", name, ""))
                : new BdevSpec.Null(name, size, block, Identity.bdevUuid("null", name, ""));
    }

    /** It has a size of its own, and blocks of 512 bytes whether declared or not. */
    private BdevSpec device(String name, String drive) {
        String block = "/dev/nvme" + drive;
        int blockBytes = chance(70) ? 0 : DRIVE_BLOCK_BYTES;
        if (chance(30)) {
            return new BdevSpec.Block(name, block, 0, blockBytes, Identity.bdevUuid("block", name, block));
        }
        String path = chance(80) ? "/dev/ng" + drive : block;
        return new BdevSpec.Nvme(name, path, 0, blockBytes, Identity.bdevUuid("nvme", name, path), BdevLimits.NONE);
    }

    private SubsystemSpec subsystem(
            Nqn nqn, Map<TransportType, TransportOptions> transports, Map<String, BdevSpec> bdevs, List<String> free) {
        TreeMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>();
        for (int i = 1; i <= 3; i++) {
            if (chance(50) && !free.isEmpty()) {
                BdevSpec bdev = bdevs.get(take(free, (nqn.hashCode() & 1) + i));
                if (bdev != null) {
                    namespaces.put(new Nsid(i), namespace(nqn, new Nsid(i), bdev));
                }
            }
        }
        TreeMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            TransportType trtype = trtype();
            if (chance(50) && transports.containsKey(trtype)) {
                TransportAddress address = address(trtype, i);
                listeners.put(address, listener(address));
            }
        }
        String serial = chance(85) ? "NT1" : "NT2";
        SortedSet<Nqn> hosts = hosts();
        boolean any = chance(30);
        boolean protect = chance(20);
        return new SubsystemSpec(
                nqn, serial, "model", 32, 1, 0xFFEF, any, hosts, keys(hosts), namespaces, listeners, protect);
    }

    /** Mostly the same for the same namespace, so that it stays in many pairs of configurations. */
    private String take(List<String> free, int usual) {
        String mostly = List.of("a", "b", "c", "d", "e").get(usual);
        return chance(70) && free.remove(mostly) ? mostly : free.remove(random.nextInt(free.size()));
    }

    private TransportType trtype() {
        return chance(60) ? TransportType.TCP : TransportType.RDMA;
    }

    private static TransportAddress address(TransportType trtype, int i) {
        return new TransportAddress(trtype, AddressFamily.IPV4, "10.0.0." + i, 4420);
    }

    private ListenerSpec listener(TransportAddress address) {
        TreeMap<Integer, AnaState> exceptions = new TreeMap<>();
        for (int group = 1; group <= 3; group++) {
            if (chance(20)) {
                exceptions.put(group, anaState());
            }
        }
        return new ListenerSpec(address, chance(70) ? AnaState.OPTIMIZED : anaState(), exceptions);
    }

    private AnaState anaState() {
        return List.copyOf(EnumSet.allOf(AnaState.class)).get(random.nextInt(AnaState.values().length));
    }

    private SortedMap<Nqn, HostKeys> keys(SortedSet<Nqn> hosts) {
        SortedMap<Nqn, HostKeys> keys = new TreeMap<>();
        for (Nqn host : hosts) {
            if (chance(40)) {
                Optional<KeyFile> ctrlr = chance(50) ? Optional.empty() : Optional.of(keyFile());
                SortedSet<DhchapGroup> groups =
                        chance(80) ? DhchapGroup.ALL : new TreeSet<>(List.of(DhchapGroup.FFDHE2048));
                keys.put(host, new HostKeys(keyFile(), ctrlr, DhchapDigest.ALL, groups));
            }
        }
        return keys;
    }

    private KeyFile keyFile() {
        return KeyFile.declared("/etc/nvmf/" + random.nextInt(2) + ".key");
    }

    private SortedSet<Nqn> hosts() {
        SortedSet<Nqn> hosts = new TreeSet<>();
        for (int i = 0; i < 3; i++) {
            if (chance(50)) {
                hosts.add(new Nqn("nqn.2026-11.org.example:host" + i));
            }
        }
        return hosts;
    }

    private DiscoverySpec discovery(Map<TransportType, TransportOptions> transports) {
        TreeSet<TransportAddress> listeners = new TreeSet<>();
        TreeMap<TransportAddress, Referral> referrals = new TreeMap<>();
        for (int i = 0; i < 2; i++) {
            TransportType trtype = trtype();
            if (chance(40) && transports.containsKey(trtype)) {
                listeners.add(address(trtype, i));
            }
            if (chance(40)) {
                TransportAddress there = new TransportAddress(trtype, AddressFamily.IPV4, "10.1.0." + i, 8009);
                referrals.put(there, new Referral(there, Nqn.DISCOVERY, chance(30)));
            }
        }
        return new DiscoverySpec(listeners, referrals);
    }

    private NamespaceSpec namespace(Nqn nqn, Nsid nsid, BdevSpec bdev) {
        var uuid = chance(60) ? Identity.namespaceUuid(nqn, nsid, bdev.uuid()) : new java.util.UUID(7, nsid.value());
        int group = chance(70) ? 1 : 1 + random.nextInt(3);
        Optional<SortedSet<Nqn>> hosts = chance(60) ? Optional.empty() : Optional.of(hosts());
        return new NamespaceSpec(nsid, bdev.name(), uuid, Identity.nguid(uuid), Optional.empty(), group, hosts);
    }
}
