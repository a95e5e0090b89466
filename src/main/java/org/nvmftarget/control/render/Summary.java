package org.nvmftarget.control.render;

import java.util.Locale;
import java.util.Optional;
import org.nvmftarget.control.plan.Change;
import org.nvmftarget.control.plan.Disruption;
import org.nvmftarget.control.plan.Plan;

/** How many objects a plan adds, changes and removes. */
record Summary(int add, int change, int remove) {

    private enum Kind {
        ADD,
        CHANGE,
        REMOVE
    }

    static Summary of(Plan plan) {
        return new Summary(count(plan, Kind.ADD), count(plan, Kind.CHANGE), count(plan, Kind.REMOVE));
    }

    private static int count(Plan plan, Kind kind) {
        return (int) plan.changes().stream()
                .map(Summary::kind)
                .filter(k -> k == kind)
                .count();
    }

    private static Kind kind(Change change) {
        return switch (change) {
            case Change.Transport c -> kind(c.before(), c.after());
            case Change.Bdev c -> kind(c.before(), c.after());
            case Change.Subsystem c -> kind(c.before(), c.after());
            case Change.Namespace c -> kind(c.before(), c.after());
            case Change.Host c -> c.added() ? Kind.ADD : Kind.REMOVE;
            case Change.HostKeys c -> kind(c.before(), c.after());
            case Change.Listener c -> kind(c.before(), c.after());
            case Change.DiscoveryListener c -> c.added() ? Kind.ADD : Kind.REMOVE;
            case Change.DiscoveryReferral c -> kind(c.before(), c.after());
        };
    }

    private static Kind kind(Optional<?> before, Optional<?> after) {
        return before.isEmpty() ? Kind.ADD : after.isEmpty() ? Kind.REMOVE : Kind.CHANGE;
    }

    /** The last line of the text form. */
    String line(Plan plan) {
        if (!plan.hasChanges()) {
            return plan.pending().isEmpty()
                    ? "No changes: the target is as declared."
                    : "No changes now: " + plan.pending().size() + " pending.";
        }
        Disruption worst = plan.disruption(); // of all steps
        long hosts = plan.steps().stream()
                .filter(step -> step.disruption() == worst)
                .flatMap(step -> step.hosts().stream())
                .distinct()
                .count();
        return String.format(
                Locale.ROOT,
                "Plan: %d to add, %d to change, %d to remove; worst disruption: %s (%d host%s)",
                add,
                change,
                remove,
                worst.key(),
                hosts,
                hosts == 1 ? "" : "s");
    }
}
