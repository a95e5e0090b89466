package org.nvmftarget.control.reconcile;

import java.util.List;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;

/** What must have succeeded, if it is in the same plan, for a step to make sense. */
final class Needs {
    private Needs() {}

    static List<ObjectRef> of(Step step) {
        return switch (step) {
            case Step.CreateTransport _,
                    Step.SetTransportOptions _,
                    Step.RemoveTransport _,
                    Step.CreateSubsystem _,
                    Step.RemoveSubsystem _,
                    Step.PauseSubsystem _,
                    Step.ResumeSubsystem _ -> List.of();
            case Step.ResizeBdev s -> List.of(s.object());
            case Step.CreateBdev s ->
                s.bdev().base().isEmpty()
                        ? List.of()
                        : List.of(new ObjectRef.Bdev(s.bdev().base()));
            case Step.SetBdevLimits s -> List.of(s.object());
            case Step.SetBdevLatencies s -> List.of(s.object());
            case Step.SetBdevErrors s -> List.of(s.object());
            case Step.RemoveBdev s -> List.of(s.object());
            case Step.AddNamespace s ->
                subsystemAnd(s.nqn(), new ObjectRef.Bdev(s.namespace().bdev()));
            case Step.SetAnaGroup s -> List.of(new ObjectRef.Subsystem(s.nqn()), s.object());
            case Step.SetNamespaceHosts s -> List.of(new ObjectRef.Subsystem(s.nqn()), s.object());
            case Step.AddListener s ->
                subsystemAnd(s.nqn(), new ObjectRef.Transport(s.address().trtype()));
            case Step.SetAnaState s -> subsystem(s.nqn());
            case Step.RemoveNamespace s -> subsystem(s.nqn());
            case Step.AddHost s -> subsystem(s.nqn());
            case Step.SetHostKeys s -> subsystemAnd(s.nqn(), new ObjectRef.Host(s.nqn(), s.host()));
            case Step.RemoveHost s -> subsystem(s.nqn());
            case Step.SetAllowAnyHost s -> subsystem(s.nqn());
            case Step.RemoveListener s -> subsystem(s.nqn());
            case Step.AddReferral s -> List.of(s.object());
            case Step.RemoveReferral s -> List.of(s.object());
        };
    }

    private static List<ObjectRef> subsystem(Nqn nqn) {
        return List.of(new ObjectRef.Subsystem(nqn));
    }

    private static List<ObjectRef> subsystemAnd(Nqn nqn, ObjectRef other) {
        return List.of(new ObjectRef.Subsystem(nqn), other);
    }
}
