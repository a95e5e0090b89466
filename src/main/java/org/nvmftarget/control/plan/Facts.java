package org.nvmftarget.control.plan;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.Step;

/** What a plan tells of its steps besides the steps: connected hosts, fate of data, places in the spec file. */
record Facts(LiveState live, SourceMap sources) {

    static final String UNDECLARED = "no longer declared";

    List<Nqn> connected(Nqn subsystem, Predicate<LiveState.Controller> which) {
        LiveState.Subsystem facts = live.subsystems().get(subsystem);
        return facts == null
                ? List.of()
                : facts.controllers().stream()
                        .filter(which)
                        .map(LiveState.Controller::host)
                        .distinct()
                        .sorted()
                        .toList();
    }

    List<Nqn> connected(Nqn subsystem) {
        return connected(subsystem, _ -> true);
    }

    /** Those who see the namespace. */
    List<Nqn> sighted(ObjectRef.Namespace namespace) {
        return Optional.ofNullable(live.config().subsystems().get(namespace.nqn()))
                .map(s -> s.namespaces().get(namespace.nsid()))
                .map(ns -> connected(namespace.nqn(), c -> ns.isVisibleTo(c.host())))
                .orElse(List.of());
    }

    String declared(ObjectRef object) {
        return position(object).map(at -> "declared at " + place(at)).orElse("declared");
    }

    /** Where the step's object is declared, or what it is part of; a removed one has no place but its own. */
    Optional<String> place(Step step) {
        Optional<SourceMap.Position> at = switch (step) {
            case Step.RemoveNamespace _,
                    Step.RemoveHost _,
                    Step.RemoveListener _,
                    Step.RemoveBdev _,
                    Step.RemoveReferral _,
                    Step.RemoveTransport _,
                    Step.RemoveSubsystem _ -> sources.of(step.object());
            default -> position(step.object());
        };
        return at.map(Facts::place);
    }

    private static String place(SourceMap.Position at) {
        return at.file().substring(at.file().lastIndexOf('/') + 1) + ":" + at.line();
    }

    private Optional<SourceMap.Position> position(ObjectRef object) {
        Optional<SourceMap.Position> own = sources.of(object);
        return own.isPresent()
                ? own
                : switch (object) {
                    case ObjectRef.Namespace n -> sources.of(new ObjectRef.Subsystem(n.nqn()));
                    case ObjectRef.Host h -> sources.of(new ObjectRef.Subsystem(h.nqn()));
                    case ObjectRef.HostKeys k -> position(new ObjectRef.Host(k.nqn(), k.host()));
                    case ObjectRef.Listener l -> sources.of(new ObjectRef.Subsystem(l.nqn()));
                    case ObjectRef.Transport _, ObjectRef.Bdev _, ObjectRef.Subsystem _, ObjectRef.Referral _ ->
                        Optional.empty();
                };
    }

    /** When the bdev loses blocks. */
    static DataEffect ofShrinking(BdevSpec bdev) {
        return bdev instanceof BdevSpec.Null ? DataEffect.NONE : DataEffect.LOST;
    }

    /** When the bdev itself goes. */
    static DataEffect ofRemoving(BdevSpec bdev) {
        return switch (bdev) {
            case BdevSpec.Malloc _ -> DataEffect.LOST;
            case BdevSpec.Null _, BdevSpec.Delay _, BdevSpec.Failing _ -> DataEffect.NONE;
            case BdevSpec.File _, BdevSpec.Device _ -> DataEffect.KEPT;
        };
    }

    /** When hosts lose access and the bdev stays. */
    DataEffect ofUnexporting(NamespaceSpec namespace) {
        BdevSpec bdev = live.config().bdevs().get(namespace.bdev());
        return bdev == null || bdev instanceof BdevSpec.Null ? DataEffect.NONE : DataEffect.KEPT;
    }

    /** When a whole live subsystem goes. */
    DataEffect ofUnexporting(Nqn nqn) {
        return Optional.ofNullable(live.config().subsystems().get(nqn)).stream()
                .flatMap(s -> s.namespaces().values().stream())
                .map(this::ofUnexporting)
                .max(DataEffect::compareTo)
                .orElse(DataEffect.NONE);
    }
}
