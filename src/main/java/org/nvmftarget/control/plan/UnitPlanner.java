package org.nvmftarget.control.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;

/**
 * The steps of one unit: what needs no pause, all pauses, all removals, changes of the bdevs that are free now, changes in
 * place, all additions with the listeners last, all resumes. So nothing is added where another subsystem of the unit has not
 * let go yet, a namespace comes into its ANA group when that is as declared, and an address opens only when every subsystem
 * on it is whole.
 *
 * @param bdevsByUser the bdevs that shrink or are replaced, by the subsystem that has them now
 * @param exchangesByUser those that take files or block devices over from one another, by a subsystem of the unit
 */
record UnitPlanner(
        StepList steps,
        Facts facts,
        Map<Nqn, List<BdevDelta>> bdevsByUser,
        Map<Nqn, List<List<BdevDelta>>> exchangesByUser,
        BdevSteps bdevSteps) {

    void plan(List<SubsystemDelta> unit) {
        AccessSteps access = new AccessSteps(steps, facts);
        unit.forEach(this::removeSubsystem);
        unit.forEach(this::createSubsystem);
        unit.forEach(access::beforePause);
        List<SubsystemDelta> paused =
                unit.stream().filter(SubsystemDelta::needsPause).toList();
        paused.forEach(this::pause);
        paused.forEach(this::removeListeners);
        paused.forEach(this::removeNamespaces);
        paused.forEach(s -> alterHosts(s, true));
        unit.forEach(this::changeFreedBdevs);
        paused.forEach(access::afterRemovals);
        paused.forEach(this::alter);
        unit.forEach(this::addNamespaces);
        unit.forEach(this::addListeners);
        paused.forEach(s -> steps.add(new Step.ResumeSubsystem(s.nqn()), "end of the pause"));
    }

    private void removeSubsystem(SubsystemDelta s) {
        Optional<String> reason = switch (s.fate()) {
            case REMOVED -> Optional.of(Facts.UNDECLARED);
            case REPLACED -> Optional.of(replaced(s));
            case NEW, KEPT -> Optional.empty();
        };
        reason.ifPresent(why -> steps.add(
                new Step.RemoveSubsystem(s.nqn()),
                s.fate() == SubsystemDelta.Fate.REPLACED ? Disruption.REPLACE : Disruption.DISCONNECT,
                facts.ofUnexporting(s.nqn()),
                facts.connected(s.nqn()),
                why));
    }

    private void createSubsystem(SubsystemDelta s) {
        if (s.fate() == SubsystemDelta.Fate.NEW || s.fate() == SubsystemDelta.Fate.REPLACED) {
            boolean isNew = s.fate() == SubsystemDelta.Fate.NEW;
            steps.add(
                    new Step.CreateSubsystem(
                            s.nqn(),
                            s.end().serialNumber(),
                            s.end().modelNumber(),
                            s.end().maxNamespaces(),
                            s.end().minCntlid(),
                            s.end().maxCntlid()),
                    isNew ? Disruption.NONE : Disruption.REPLACE,
                    DataEffect.NONE,
                    List.of(),
                    isNew ? facts.declared(new ObjectRef.Subsystem(s.nqn())) : replaced(s));
        }
    }

    private String replaced(SubsystemDelta s) {
        return String.join(", ", s.immutableChanges()) + " changed; "
                + facts.declared(new ObjectRef.Subsystem(s.nqn()));
    }

    private void pause(SubsystemDelta s) {
        steps.add(
                new Step.PauseSubsystem(s.nqn(), s.pauseScope()),
                s.pauseScope().isEmpty() ? Disruption.ADMIN : Disruption.NAMESPACE,
                DataEffect.NONE,
                facts.connected(s.nqn()),
                PauseReason.of(s));
    }

    private void removeListeners(SubsystemDelta s) {
        for (TransportAddress address : s.listeners().removed()) {
            steps.add(
                    new Step.RemoveListener(s.nqn(), address),
                    Disruption.DISCONNECT,
                    DataEffect.NONE,
                    facts.connected(s.nqn(), c -> c.listener().equals(address)),
                    Facts.UNDECLARED);
        }
    }

    private void removeNamespaces(SubsystemDelta s) {
        for (NamespaceSpec ns : s.namespaces().removed()) {
            boolean replaced = s.readdsNamespace(ns.nsid());
            steps.add(
                    new Step.RemoveNamespace(s.nqn(), ns.nsid()),
                    replaced ? Disruption.REPLACE : Disruption.NAMESPACE,
                    facts.ofUnexporting(ns),
                    facts.connected(s.nqn(), c -> ns.isVisibleTo(c.host())),
                    replaced ? replaced(s, ns) : Facts.UNDECLARED);
        }
    }

    private void changeFreedBdevs(SubsystemDelta s) {
        exchangesByUser.getOrDefault(s.nqn(), List.of()).forEach(bdevSteps::exchange);
        bdevsByUser.getOrDefault(s.nqn(), List.of()).forEach(bdevSteps::change);
    }

    private void addNamespaces(SubsystemDelta s) {
        for (NamespaceSpec ns : s.namespaces().added()) {
            Optional<NamespaceSpec> before =
                    Optional.ofNullable(s.start().namespaces().get(ns.nsid()));
            steps.add(
                    new Step.AddNamespace(s.nqn(), ns),
                    before.isPresent() ? Disruption.REPLACE : Disruption.NONE,
                    DataEffect.NONE,
                    List.of(),
                    before.map(was -> replaced(s, was))
                            .orElse(facts.declared(new ObjectRef.Namespace(s.nqn(), ns.nsid()))));
        }
    }

    private String replaced(SubsystemDelta s, NamespaceSpec before) {
        Nsid nsid = before.nsid();
        NamespaceSpec after = s.end().namespaces().get(nsid);
        String why = before.equals(after) ? "its bdev is replaced" : Attributes.changes(before, after) + " changed";
        return why + "; " + facts.declared(new ObjectRef.Namespace(s.nqn(), nsid));
    }

    private void addListeners(SubsystemDelta s) {
        for (ListenerSpec listener : s.listeners().added()) {
            steps.add(new Step.AddListener(s.nqn(), listener), declared(s, listener));
        }
    }

    /** What improves comes first: a host keeps a way to its namespaces while others close, and while they change groups. */
    private void alter(SubsystemDelta s) {
        s.listeners().improved().forEach(listener -> setAnaState(s, listener));
        for (NamespaceDelta.Altered ns : s.namespaces().altered()) {
            if (ns.changesAnaGroup()) {
                int group = ns.after().anaGroup();
                steps.add(new Step.SetAnaGroup(s.nqn(), ns.after().nsid(), group), altered(s, "ana_group", ns.after()));
            }
        }
        s.listeners().worsened().forEach(listener -> setAnaState(s, listener));
        alterHosts(s, false);
    }

    private void setAnaState(SubsystemDelta s, ListenerSpec listener) {
        boolean isLast = listener.equals(s.end().listeners().get(listener.address()));
        String turn = isLast ? "ana_state changed; " : "ana_state changed, first what gets better; ";
        steps.add(new Step.SetAnaState(s.nqn(), listener), turn + declared(s, listener));
    }

    /** @param hide the namespaces that some host loses, or the others */
    private void alterHosts(SubsystemDelta s, boolean hide) {
        for (NamespaceDelta.Altered ns : s.namespaces().altered()) {
            if (ns.changesHosts() && ns.hides() == hide) {
                steps.add(
                        new Step.SetNamespaceHosts(
                                s.nqn(), ns.after().nsid(), ns.after().hosts()),
                        hide ? Disruption.NAMESPACE : Disruption.NONE,
                        DataEffect.NONE,
                        facts.connected(
                                s.nqn(),
                                c -> ns.before().isVisibleTo(c.host())
                                        && !ns.after().isVisibleTo(c.host())),
                        altered(s, "hosts", ns.after()));
            }
        }
    }

    private String altered(SubsystemDelta s, String key, NamespaceSpec ns) {
        return key + " changed; " + facts.declared(new ObjectRef.Namespace(s.nqn(), ns.nsid()));
    }

    private String declared(SubsystemDelta s, ListenerSpec listener) {
        return facts.declared(new ObjectRef.Listener(s.nqn(), listener.address()));
    }
}
