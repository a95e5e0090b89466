package org.nvmftarget.control.admit;

import java.util.Optional;
import org.nvmftarget.control.plan.Change;
import org.nvmftarget.control.plan.Differ;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/** Tells a candidate that only adds from one that removes or replaces, which is what a torn file looks like. */
final class Removals {
    private Removals() {}

    /** Whether going from {@code accepted} to {@code candidate} takes anything away from a host. */
    static boolean in(TargetConfig accepted, TargetConfig candidate) {
        return Differ.diff(accepted, candidate).stream().anyMatch(Removals::takesAway);
    }

    private static boolean takesAway(Change change) {
        return switch (change) {
            case Change.Transport t -> t.after().isEmpty();
            case Change.Bdev b -> b.before().isPresent() && !isGrowth(b.before().get(), b.after());
            case Change.Subsystem s ->
                s.before().isPresent() && !isOpening(s.before().get(), s.after());
            case Change.Namespace n -> n.takesAway();
            case Change.Host h -> !h.added();
            case Change.HostKeys k -> k.after().isEmpty();
            case Change.Listener l -> l.after().isEmpty();
            case Change.DiscoveryListener l -> !l.added();
            case Change.DiscoveryReferral r -> r.after().isEmpty();
        };
    }

    private static boolean isGrowth(BdevSpec before, Optional<BdevSpec> after) {
        return after.isPresent()
                && after.get().sizeBytes() >= before.sizeBytes()
                && before.withSizeBytes(after.get().sizeBytes()).equals(after.get());
    }

    private static boolean isOpening(SubsystemSpec before, Optional<SubsystemSpec> after) {
        return after.isPresent()
                && after.get().allowAnyHost()
                && after.get().serialNumber().equals(before.serialNumber())
                && after.get().modelNumber().equals(before.modelNumber())
                && after.get().maxNamespaces() == before.maxNamespaces()
                && after.get().minCntlid() == before.minCntlid()
                && after.get().maxCntlid() == before.maxCntlid();
    }
}
