package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.nvmftarget.data.nvme.DiscoveryEntry;
import org.nvmftarget.data.nvme.DiscoveryLog;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** The discovery subsystem, which is there on every listener for any host, and the log that it gives to each. */
final class Discovery {

    private final Target target;
    private final Subsystem subsystem;
    private final AtomicLong generation = new AtomicLong(1);

    Discovery(Target target, List<Reactor> reactors, int cntlidOffset) {
        this.target = target;
        SubsystemSpec spec = new SubsystemSpec(
                Nqn.DISCOVERY,
                "nvmf-target",
                "nvmf-target discovery",
                0,
                SubsystemSpec.MIN_CNTLID,
                SubsystemSpec.MAX_CNTLID,
                true,
                new TreeSet<>(),
                new TreeMap<>(),
                new TreeSet<>(),
                false);
        subsystem = new Subsystem(spec, reactors, cntlidOffset, (latch, timeout) -> latch.getCount() == 0);
    }

    Subsystem subsystem() {
        return subsystem;
    }

    /** What some host may see has changed. From any thread. */
    void changed() {
        generation.incrementAndGet();
        for (Controller controller : subsystem.controllers()) {
            controller.admin().reactor().execute(() -> controller.events().discoveryChanged());
        }
    }

    /** The whole log page as this host sees it on this connection. */
    MemorySegment page(Controller controller) {
        long now = generation.get();
        List<DiscoveryEntry> entries = entries(controller);
        DiscoveryLog log = new DiscoveryLog(now, false, false, entries);
        MemorySegment page = MemorySegment.ofArray(new byte[log.lengthBytes()]);
        log.encode(page);
        return page;
    }

    private List<DiscoveryEntry> entries(Controller controller) {
        Connection connection = controller.admin().connection();
        List<DiscoveryEntry> entries = new ArrayList<>();
        reachable(connection.listener(), connection)
                .map(a -> entry(a, connection.listener(), DiscoveryEntry.SUBTYPE_CURRENT_DISCOVERY, Nqn.DISCOVERY))
                .ifPresent(entries::add);
        for (Subsystem s : target.subsystems()) {
            SubsystemView view = s.view();
            if (view.deactivating || !view.allows(controller.host())) {
                continue;
            }
            for (TransportAddress declared : view.spec.listeners()) {
                reachable(declared, connection)
                        .map(a -> entry(a, declared, DiscoveryEntry.SUBTYPE_NVM, s.nqn()))
                        .ifPresent(entries::add);
            }
        }
        return entries;
    }

    /** A wildcard is no address to connect to: it becomes the one that the host has reached, if that is of its kind. */
    private static Optional<TransportAddress> reachable(TransportAddress declared, Connection connection) {
        if (!declared.isWildcard()) {
            return Optional.of(declared);
        }
        TransportAddress local = connection.local();
        return local.adrfam() == declared.adrfam()
                ? Optional.of(
                        new TransportAddress(declared.trtype(), local.adrfam(), local.traddr(), declared.trsvcid()))
                : Optional.empty();
    }

    private DiscoveryEntry entry(TransportAddress address, TransportAddress declared, int subtype, Nqn nqn) {
        return new DiscoveryEntry(
                address.trtype() == TransportType.RDMA ? DiscoveryEntry.TRTYPE_RDMA : DiscoveryEntry.TRTYPE_TCP,
                address.adrfam() == AddressFamily.IPV6 ? DiscoveryEntry.ADRFAM_IPV6 : DiscoveryEntry.ADRFAM_IPV4,
                subtype,
                DiscoveryEntry.TREQ_SQ_FLOW_OPTIONAL,
                target.transports().portId(declared),
                adminQueueEntries(address.trtype()),
                subtype == DiscoveryEntry.SUBTYPE_CURRENT_DISCOVERY ? DiscoveryEntry.EFLAGS_PERSISTENT : 0,
                address.trsvcid(),
                nqn.value(),
                address.traddr());
    }

    private int adminQueueEntries(TransportType type) {
        var options = target.transports().options().get(type);
        return options == null ? 32 : options.common().maxAqDepth();
    }
}
