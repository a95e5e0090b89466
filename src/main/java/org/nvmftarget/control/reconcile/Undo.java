package org.nvmftarget.control.reconcile;

import java.util.Optional;
import org.nvmftarget.model.Step;

/** Which steps add and can be taken back, and which end something for good. */
final class Undo {
    private Undo() {}

    /** The step that takes {@code step} back; empty if there is none. */
    static Optional<Step> of(Step step) {
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
                    case Step.SetAllowAnyHost s -> s.allow() ? new Step.SetAllowAnyHost(s.nqn(), false) : null;
                    case Step.SetTransportOptions _,
                            Step.RemoveTransport _,
                            Step.ResizeBdev _,
                            Step.RemoveBdev _,
                            Step.RemoveSubsystem _,
                            Step.PauseSubsystem _,
                            Step.ResumeSubsystem _,
                            Step.RemoveNamespace _,
                            Step.RemoveHost _,
                            Step.RemoveListener _ -> null;
                });
    }

    /** Whether there is no way back from {@code step}: its unit goes on forward. */
    static boolean isDestructive(Step step) {
        return !isPauseOrResume(step) && of(step).isEmpty();
    }

    static boolean isPauseOrResume(Step step) {
        return step instanceof Step.PauseSubsystem || step instanceof Step.ResumeSubsystem;
    }
}
