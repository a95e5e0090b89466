package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/** The guard {@code max_deletions}: an edit that removes much more than edits usually do is probably a mistake. */
final class Deletions {
    /** So many are never too many, however small the target is. */
    static final int ALWAYS_ALLOWED = 4;

    private static final int SHOWN = 3;

    private Deletions() {}

    /** A refusal if {@code candidate} removes or replaces more than {@code percent} of what {@code accepted} has. */
    static Optional<Refusal> check(TargetConfig accepted, TargetConfig candidate, int percent) {
        List<ObjectRef> gone = gone(accepted, candidate);
        long total = accepted.subsystems().values().stream()
                .mapToLong(s -> 1L + s.namespaces().size())
                .sum();
        long allowed = Math.max(ALWAYS_ALLOWED, total * percent / 100);
        if (percent == 100 || gone.size() <= allowed) {
            return Optional.empty();
        }
        List<String> shown = gone.stream().limit(SHOWN).map(ObjectRef::toString).toList();
        String more = gone.size() > SHOWN ? " and " + (gone.size() - SHOWN) + " more" : "";
        return Optional.of(new Refusal(
                "max_deletions",
                "the candidate removes or replaces " + gone.size() + " of " + total + " subsystems and namespaces ("
                        + String.join(", ", shown) + more + "), and `max_deletions: " + percent + "%` allows " + allowed
                        + "; if that is meant, approve this plan",
                true));
    }

    /** What is removed or replaced. A replaced subsystem counts once: its namespaces come back. */
    private static List<ObjectRef> gone(TargetConfig accepted, TargetConfig candidate) {
        List<ObjectRef> gone = new ArrayList<>();
        for (SubsystemSpec before : accepted.subsystems().values()) {
            SubsystemSpec after = candidate.subsystems().get(before.nqn());
            if (after == null || !Attributes.immutableChanges(before, after).isEmpty()) {
                gone.add(new ObjectRef.Subsystem(before.nqn()));
            }
            for (NamespaceSpec ns : before.namespaces().values()) {
                NamespaceSpec now = after == null ? null : after.namespaces().get(ns.nsid());
                if (!Attributes.isSame(ns, now) || isReplaced(ns.bdev(), accepted, candidate)) {
                    gone.add(new ObjectRef.Namespace(before.nqn(), ns.nsid()));
                }
            }
        }
        return gone;
    }

    private static boolean isReplaced(String bdev, TargetConfig accepted, TargetConfig candidate) {
        return BdevStack.isReplaced(accepted.bdevs(), candidate.bdevs(), bdev);
    }
}
