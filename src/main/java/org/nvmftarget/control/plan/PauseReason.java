package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nsid;

/** What a pause is for, in a few words: {@code add listener}, {@code replace namespace 1, add 2 listeners}. */
final class PauseReason {
    private PauseReason() {}

    static String of(SubsystemDelta s) {
        SortedSet<Nsid> removed = nsids(s.namespaces().removed());
        SortedSet<Nsid> added = nsids(s.namespaces().added());
        SortedSet<Nsid> replaced = new TreeSet<>(removed);
        replaced.retainAll(added);
        removed.removeAll(replaced);
        added.removeAll(replaced);
        List<String> parts = new ArrayList<>();
        listeners(parts, "remove", s.listeners().removed().size());
        namespaces(parts, "remove", removed);
        namespaces(parts, "replace", replaced);
        namespaces(parts, "shrink", s.namespaces().shrunk());
        namespaces(parts, "add", added);
        namespaces(
                parts,
                "change",
                nsids(s.namespaces().altered().stream()
                        .map(NamespaceDelta.Altered::after)
                        .toList()));
        listeners(parts, "change", s.listeners().altered());
        listeners(parts, "add", s.listeners().added().size());
        return String.join(", ", parts);
    }

    private static SortedSet<Nsid> nsids(List<NamespaceSpec> namespaces) {
        SortedSet<Nsid> nsids = new TreeSet<>();
        namespaces.forEach(ns -> nsids.add(ns.nsid()));
        return nsids;
    }

    private static void namespaces(List<String> parts, String verb, SortedSet<Nsid> nsids) {
        if (nsids.size() == 1) {
            parts.add(verb + " namespace " + nsids.first());
        } else if (nsids.size() > 1) {
            parts.add(verb + " " + nsids.size() + " namespaces");
        }
    }

    private static void listeners(List<String> parts, String verb, int count) {
        if (count == 1) {
            parts.add(verb + " listener");
        } else if (count > 1) {
            parts.add(verb + " " + count + " listeners");
        }
    }
}
