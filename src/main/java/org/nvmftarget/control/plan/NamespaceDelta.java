package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.SubsystemSpec;

/**
 * What becomes of the namespaces of one subsystem.
 *
 * @param altered those that stay and get another ANA group or other hosts
 * @param shrunk those that stay while their bdev loses blocks
 */
record NamespaceDelta(
        List<NamespaceSpec> removed, List<NamespaceSpec> added, List<Altered> altered, SortedSet<Nsid> shrunk) {

    record Altered(NamespaceSpec before, NamespaceSpec after) {
        boolean changesAnaGroup() {
            return before.anaGroup() != after.anaGroup();
        }

        boolean changesHosts() {
            return !before.hosts().equals(after.hosts());
        }

        /** Some host no longer sees it. */
        boolean hides() {
            return Attributes.hides(before, after);
        }
    }

    static NamespaceDelta of(SubsystemSpec start, SubsystemSpec end, Map<String, BdevDelta> bdevs) {
        List<NamespaceSpec> removed = new ArrayList<>();
        SortedMap<Nsid, NamespaceSpec> added = new TreeMap<>(end.namespaces());
        List<Altered> altered = new ArrayList<>();
        SortedSet<Nsid> shrunk = new TreeSet<>();
        for (NamespaceSpec before : start.namespaces().values()) {
            BdevDelta bdev = bdevs.get(before.bdev());
            NamespaceSpec after = end.namespaces().get(before.nsid());
            if (after == null || !Attributes.isSame(before, after) || (bdev != null && bdev.isReplaced())) {
                removed.add(before);
                continue;
            }
            added.remove(after.nsid());
            if (!before.equals(after)) {
                altered.add(new Altered(before, after));
            }
            if (BdevDelta.shrinks(bdevs, before.bdev())) {
                shrunk.add(before.nsid());
            }
        }
        return new NamespaceDelta(removed, List.copyOf(added.values()), altered, shrunk);
    }

    boolean isEmpty() {
        return removed.isEmpty() && added.isEmpty() && altered.isEmpty() && shrunk.isEmpty();
    }

    /** Those that some host loses. */
    SortedSet<Nsid> lost() {
        SortedSet<Nsid> lost = new TreeSet<>();
        removed.forEach(ns -> lost.add(ns.nsid()));
        altered.stream()
                .filter(Altered::hides)
                .forEach(ns -> lost.add(ns.after().nsid()));
        return lost;
    }
}
