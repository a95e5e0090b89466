package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nvmftarget.data.nvme.DiscoveryEntry;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** The discovery subsystem, which is there on every listener for any host, and the log that it gives to each. */
final class Discovery {

    /** So many hosts' views are kept while they are away. */
    private static final int VIEWS = 1024;

    private final Target target;
    private final Subsystem subsystem;
    private final DiscoveryViews views = new DiscoveryViews(VIEWS, this::entries);
    private volatile DiscoverySpec spec = DiscoverySpec.NONE;

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
                new TreeMap<>(),
                false);
        subsystem = new Subsystem(spec, reactors, cntlidOffset, (latch, timeout) -> latch.getCount() == 0);
        subsystem.state(LiveState.SubsystemState.ACTIVE);
    }

    Subsystem subsystem() {
        return subsystem;
    }

    DiscoverySpec spec() {
        return spec;
    }

    /** Serves the discovery subsystem on an address besides those of other subsystems. */
    synchronized StepResult listen(Step.AddListener step) {
        SortedSet<TransportAddress> listeners = new TreeSet<>(spec.listeners());
        if (!listeners.add(step.address())) {
            return new StepResult.Failed(step.object() + " is there already");
        }
        StepResult opened = target.transports().listen(step.address(), Nqn.DISCOVERY);
        if (opened instanceof StepResult.Done) {
            spec = new DiscoverySpec(listeners, spec.referrals());
            changed();
        }
        return opened;
    }

    /** Hosts that came in through the address stay if a subsystem listens there. */
    synchronized StepResult unlisten(Step.RemoveListener step) {
        SortedSet<TransportAddress> listeners = new TreeSet<>(spec.listeners());
        if (!listeners.remove(step.address())) {
            return new StepResult.Failed("there is no " + step.object());
        }
        spec = new DiscoverySpec(listeners, spec.referrals());
        if (target.transports().unlisten(step.address(), Nqn.DISCOVERY)) {
            for (Controller controller : subsystem.controllers()) {
                CorePair admin = controller.admin();
                if (admin.listener().equals(step.address())) {
                    admin.reactor().execute(() -> admin.leave(() -> {}));
                }
            }
        }
        changed();
        return StepResult.DONE;
    }

    synchronized StepResult refer(Step.AddReferral step) {
        SortedMap<TransportAddress, Referral> referrals = new TreeMap<>(spec.referrals());
        if (referrals.putIfAbsent(step.referral().address(), step.referral()) != null) {
            return new StepResult.Failed(step.object() + " is there already");
        }
        spec = new DiscoverySpec(spec.listeners(), referrals);
        changed();
        return StepResult.DONE;
    }

    synchronized StepResult unrefer(Step.RemoveReferral step) {
        SortedMap<TransportAddress, Referral> referrals = new TreeMap<>(spec.referrals());
        if (referrals.remove(step.address()) == null) {
            return new StepResult.Failed("there is no " + step.object());
        }
        spec = new DiscoverySpec(spec.listeners(), referrals);
        changed();
        return StepResult.DONE;
    }

    /** What some host may see has changed. From any thread. */
    void changed() {
        for (Controller controller : subsystem.controllers()) {
            controller.admin().reactor().execute(controller::lookAtDiscovery);
        }
    }

    /** What a host sees that has come in by {@code connection}. */
    DiscoverySight sight(Nqn host, Connection connection) {
        return new DiscoverySight(views.of(new DiscoveryView.Key(host, connection.listener(), connection.local())));
    }

    private List<DiscoveryView.Listed> entries(DiscoveryView.Key key) {
        List<DiscoveryView.Listed> entries = new ArrayList<>();
        int flags = DiscoveryEntry.EFLAGS_DUPLICATE | DiscoveryEntry.EFLAGS_PERSISTENT;
        add(entries, key, key.listener(), DiscoveryEntry.SUBTYPE_CURRENT_DISCOVERY, Nqn.DISCOVERY, flags);
        for (Subsystem s : target.subsystems()) {
            SubsystemView view = s.view();
            if (view.deactivating || !view.allows(key.host())) {
                continue;
            }
            for (TransportAddress declared : view.spec.listeners().keySet()) {
                add(entries, key, declared, DiscoveryEntry.SUBTYPE_NVM, s.nqn(), 0);
            }
        }
        return entries;
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
        return new DiscoveryEntry(
                trtype(address.trtype()),
                address.adrfam() == AddressFamily.IPV6 ? DiscoveryEntry.ADRFAM_IPV6 : DiscoveryEntry.ADRFAM_IPV4,
                subtype,
                DiscoveryEntry.TREQ_SQ_FLOW_OPTIONAL,
                target.transports().portId(declared),
                adminQueueEntries(address.trtype()),
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
        return options == null ? 32 : options.common().maxAqDepth();
    }
}
