package org.nvmftarget.data.target;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;

/** The discovery subsystem, which is there on every listener for any host, and the log that it gives to each. */
final class Discovery {

    /** So many hosts' views are kept while they are away. */
    private static final int VIEWS = 256;

    private final Target target;
    private final Subsystem subsystem;
    private final DiscoveryViews views;
    private volatile DiscoverySpec spec = DiscoverySpec.NONE;

    Discovery(Target target, List<Reactor> reactors, int cntlidOffset) {
        this.target = target;
        DiscoveryEntries entries = new DiscoveryEntries(target);
        views = new DiscoveryViews(VIEWS, key -> entries.of(key, spec));
        SubsystemSpec itself = new SubsystemSpec(
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
        subsystem = new Subsystem(
                itself,
                reactors,
                new ControllerIds(SubsystemSpec.MIN_CNTLID, SubsystemSpec.MAX_CNTLID, cntlidOffset),
                (latch, timeout) -> latch.getCount() == 0);
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
            closed(step.address());
        }
        changed();
        return StepResult.DONE;
    }

    /** Nobody listens at {@code address} any more: hosts that came in there go. */
    void closed(TransportAddress address) {
        for (Controller controller : subsystem.controllers()) {
            CorePair admin = controller.admin();
            if (admin.listener().equals(address)) {
                admin.reactor().execute(() -> admin.leave(() -> {}));
            }
        }
    }

    /** The address that was opened for the discovery subsystem has closed by itself. */
    synchronized void lost(TransportAddress address) {
        SortedSet<TransportAddress> listeners = new TreeSet<>(spec.listeners());
        listeners.remove(address);
        spec = new DiscoverySpec(listeners, spec.referrals());
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
}
