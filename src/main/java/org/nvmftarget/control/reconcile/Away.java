package org.nvmftarget.control.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nvmftarget.control.plan.BdevStack;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.ObjectRef;

/** Files and block devices that are live and not there: no step brings them back, but they are waited for like any other. */
final class Away {
    private Away() {}

    /** {@code pending}, with the bdevs of {@code live} that are away and the namespaces on them. */
    static List<Pending> with(List<Pending> pending, LiveState live) {
        SortedMap<String, String> reasons = new TreeMap<>();
        live.disks().forEach((name, disk) -> disk.trouble().ifPresent(trouble -> reasons.put(name, trouble)));
        if (reasons.isEmpty()) {
            return pending;
        }
        List<Pending> all = new ArrayList<>(pending);
        reasons.forEach((name, reason) -> add(all, new Pending(new ObjectRef.Bdev(name), reason)));
        live.config()
                .subsystems()
                .forEach((nqn, subsystem) -> subsystem.namespaces().forEach((nsid, namespace) -> {
                    for (BdevSpec bdev : BdevStack.of(live.config().bdevs(), namespace.bdev())) {
                        if (reasons.containsKey(bdev.name())) {
                            ObjectRef away = new ObjectRef.Bdev(bdev.name());
                            add(all, new Pending(new ObjectRef.Namespace(nqn, nsid), "waits for " + away));
                        }
                    }
                }));
        return List.copyOf(all);
    }

    private static void add(List<Pending> all, Pending more) {
        Optional<Pending> known =
                all.stream().filter(p -> p.object().equals(more.object())).findFirst();
        if (known.isEmpty()) {
            all.add(more);
        }
    }
}
