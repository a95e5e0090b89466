package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.nvmftarget.data.nvme.DiscoveryEntry;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** What the discovery log lists for a host: discovery itself, the subsystems that let the host in, and referrals. */
final class DiscoveryEntries {

    /** What every controller can: the least that ASQSZ may be. */
    private static final int LEAST_ADMIN_QUEUE_ENTRIES = 32;

    private final Target target;

    DiscoveryEntries(Target target) {
        this.target = target;
    }

    List<DiscoveryView.Listed> of(DiscoveryView.Key key, DiscoverySpec spec) {
        List<SubsystemView> allowed = target.subsystems().stream()
                .map(Subsystem::view)
                .filter(view -> !view.deactivating && view.allows(key.host()))
                .toList();
        SortedSet<TransportAddress> own = new TreeSet<>(spec.listeners());
        own.remove(key.listener());
        // The address behind a wildcard is another one for who comes in elsewhere: then no two ports give the same log.
        boolean alike = own.stream().noneMatch(TransportAddress::isWildcard)
                && allowed.stream()
                        .flatMap(view -> view.spec.listeners().keySet().stream())
                        .noneMatch(TransportAddress::isWildcard);
        List<DiscoveryView.Listed> list = new ArrayList<>();
        discovery(list, key, key.listener(), true);
        own.forEach(address -> discovery(list, key, address, alike));
        for (SubsystemView view : allowed) {
            for (TransportAddress address : view.spec.listeners().keySet()) {
                add(list, key, address, DiscoveryEntry.SUBTYPE_NVM, view.spec.nqn(), 0);
            }
        }
        spec.referrals().values().forEach(r -> list.add(new DiscoveryView.Listed(referral(r), false)));
        return list;
    }

    private void discovery(
            List<DiscoveryView.Listed> to, DiscoveryView.Key key, TransportAddress declared, boolean duplicate) {
        int flags = DiscoveryEntry.EFLAGS_PERSISTENT | (duplicate ? DiscoveryEntry.EFLAGS_DUPLICATE : 0);
        add(to, key, declared, DiscoveryEntry.SUBTYPE_CURRENT_DISCOVERY, Nqn.DISCOVERY, flags);
    }

    private void add(
            List<DiscoveryView.Listed> to,
            DiscoveryView.Key key,
            TransportAddress declared,
            int subtype,
            Nqn nqn,
            int flags) {
        reachable(declared, key.local())
                .map(a -> entry(a, declared, subtype, nqn, flags))
                .ifPresent(entry -> to.add(new DiscoveryView.Listed(entry, declared.equals(key.listener()))));
    }

    /** A wildcard is no address to connect to: it becomes the one that the host has reached, if that is of its kind. */
    private static Optional<TransportAddress> reachable(TransportAddress declared, TransportAddress local) {
        if (!declared.isWildcard()) {
            return Optional.of(declared);
        }
        return local.adrfam() == declared.adrfam()
                ? Optional.of(
                        new TransportAddress(declared.trtype(), local.adrfam(), local.traddr(), declared.trsvcid()))
                : Optional.empty();
    }

    private DiscoveryEntry entry(TransportAddress address, TransportAddress declared, int subtype, Nqn nqn, int flags) {
        return entry(
                address,
                subtype,
                DiscoveryEntry.TREQ_SQ_FLOW_OPTIONAL,
                target.transports().portId(declared),
                adminQueueEntries(address.trtype()),
                flags,
                nqn);
    }

    /** Of the other side nothing is known but its address and name. */
    private DiscoveryEntry referral(Referral referral) {
        return entry(
                referral.address(),
                DiscoveryEntry.SUBTYPE_REFERRAL,
                referral.secureChannel() ? DiscoveryEntry.TREQ_SECURE_CHANNEL : 0,
                target.transports().portId(referral.address()),
                LEAST_ADMIN_QUEUE_ENTRIES,
                0,
                referral.subnqn());
    }

    private static DiscoveryEntry entry(
            TransportAddress address, int subtype, int treq, int portId, int adminQueueEntries, int flags, Nqn nqn) {
        return new DiscoveryEntry(
                trtype(address.trtype()),
                address.adrfam() == AddressFamily.IPV6 ? DiscoveryEntry.ADRFAM_IPV6 : DiscoveryEntry.ADRFAM_IPV4,
                subtype,
                treq,
                portId,
                adminQueueEntries,
                flags,
                address.trsvcid(),
                nqn.value(),
                address.traddr());
    }

    /** A transport's number, in the discovery log and the error log. */
    static int trtype(TransportType type) {
        return type == TransportType.RDMA ? DiscoveryEntry.TRTYPE_RDMA : DiscoveryEntry.TRTYPE_TCP;
    }

    private int adminQueueEntries(TransportType type) {
        var options = target.transports().options().get(type);
        return options == null ? LEAST_ADMIN_QUEUE_ENTRIES : options.common().maxAqDepth();
    }
}
