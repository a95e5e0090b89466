package org.nvmftarget.control.reconcile;

import java.util.Optional;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/** Which steps add and can be taken back, and which end something for good. */
final class Undo {
    private Undo() {}

    /**
     * The step that takes {@code step} back; empty if there is none.
     *
     * @param live what the target was before the plan
     */
    static Optional<Step> of(Step step, TargetConfig live) {
        return Optional.ofNullable(
                switch (step) {
                    case Step.CreateTransport s ->
                        new Step.RemoveTransport(s.options().trtype());
                    case Step.CreateBdev s -> new Step.RemoveBdev(s.bdev().name());
                    case Step.CreateSubsystem s -> new Step.RemoveSubsystem(s.nqn());
                    case Step.AddNamespace s ->
                        new Step.RemoveNamespace(s.nqn(), s.namespace().nsid());
                    case Step.AddHost s -> new Step.RemoveHost(s.nqn(), s.host());
                    case Step.AddListener s -> new Step.RemoveListener(s.nqn(), s.address());
                    case Step.AddReferral s ->
                        new Step.RemoveReferral(s.referral().address());
                    case Step.SetAllowAnyHost s -> s.allow() ? new Step.SetAllowAnyHost(s.nqn(), false) : null;
                    case Step.SetAnaGroup s ->
                        namespace(live, s.nqn(), s.nsid())
                                .map(was -> new Step.SetAnaGroup(s.nqn(), s.nsid(), was.anaGroup()))
                                .orElse(null);
                    case Step.SetNamespaceHosts s ->
                        namespace(live, s.nqn(), s.nsid())
                                .map(was -> new Step.SetNamespaceHosts(s.nqn(), s.nsid(), was.hosts()))
                                .orElse(null);
                    case Step.SetBdevLimits s ->
                        Optional.ofNullable(live.bdevs().get(s.name()))
                                .map(was -> new Step.SetBdevLimits(s.name(), was.limits()))
                                .orElse(null);
                    case Step.SetBdevLatencies s ->
                        live.bdevs().get(s.name()) instanceof BdevSpec.Delay was
                                ? new Step.SetBdevLatencies(s.name(), was.latencies())
                                : null;
                    case Step.SetBdevErrors s ->
                        live.bdevs().get(s.name()) instanceof BdevSpec.Failing was
                                ? new Step.SetBdevErrors(s.name(), was.errors())
                                : null;
                    case Step.SetHostKeys s -> keys(s, live).orElse(null);
                    case Step.SetAnaState s ->
                        subsystem(live, s.nqn())
                                .map(was -> was.listeners().get(s.listener().address()))
                                .map(was -> new Step.SetAnaState(s.nqn(), was))
                                .orElse(null);
                    case Step.SetTransportOptions _,
                            Step.RemoveTransport _,
                            Step.ResizeBdev _,
                            Step.RemoveBdev _,
                            Step.RemoveSubsystem _,
                            Step.PauseSubsystem _,
                            Step.ResumeSubsystem _,
                            Step.RemoveNamespace _,
                            Step.RemoveHost _,
                            Step.RemoveListener _,
                            Step.RemoveReferral _ -> null;
                });
    }

    /** Whether there is no way back from {@code step}: its unit goes on forward. */
    static boolean isDestructive(Step step, TargetConfig live) {
        return !isPauseOrResume(step) && of(step, live).isEmpty();
    }

    private static Optional<SubsystemSpec> subsystem(TargetConfig live, Nqn nqn) {
        return Optional.ofNullable(live.subsystems().get(nqn));
    }

    private static Optional<NamespaceSpec> namespace(TargetConfig live, Nqn nqn, Nsid nsid) {
        return subsystem(live, nqn).map(s -> s.namespaces().get(nsid));
    }

    /** What a file held before it changed is in no file any more: from that there is no way back. */
    private static Optional<Step> keys(Step.SetHostKeys step, TargetConfig live) {
        Optional<SubsystemSpec> subsystem =
                subsystem(live, step.nqn()).filter(s -> s.hosts().contains(step.host()));
        Optional<HostKeys> before = subsystem.isPresent()
                ? subsystem.get().keysOf(step.host())
                : step.keys().map(keys -> keys.in(KeyFile.State.UNREAD));
        boolean changed =
                before.stream().flatMap(HostKeys::files).anyMatch(file -> file.state() == KeyFile.State.CHANGED);
        return changed ? Optional.empty() : Optional.of(new Step.SetHostKeys(step.nqn(), step.host(), before));
    }

    static boolean isPauseOrResume(Step step) {
        return step instanceof Step.PauseSubsystem || step instanceof Step.ResumeSubsystem;
    }
}
