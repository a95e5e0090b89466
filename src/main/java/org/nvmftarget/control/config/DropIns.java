package org.nvmftarget.control.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nvmftarget.control.config.Node.Entry;
import org.nvmftarget.control.config.Node.Mapping;

/**
 * Merges the documents of several files into one. The sections, a subsystem, and its hosts and namespaces may be
 * spread over files; whatever else is declared twice stays in the merged map twice, for the binder to report with
 * both places. {@code version} may stand in each file, so that each can be checked on its own by an editor.
 */
final class DropIns {

    /** How deep maps merge: section, subsystem, its hosts or namespaces. */
    private static final int DEEPEST = 3;

    private DropIns() {}

    static Mapping merge(List<Mapping> documents) {
        Mapping merged = documents.getFirst();
        for (Mapping next : documents.subList(1, documents.size())) {
            merged = merge(merged, next, SpecPath.ROOT, 0);
        }
        return merged;
    }

    private static Mapping merge(Mapping first, Mapping second, SpecPath path, int depth) {
        Map<String, Integer> places = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>(first.entries());
        for (int i = 0; i < entries.size(); i++) {
            places.putIfAbsent(entries.get(i).key().text(), i);
        }
        for (Entry entry : second.entries()) {
            String key = entry.key().text();
            Integer at = places.get(key);
            SpecPath keyPath = path.key(key);
            if (at == null) {
                entries.add(entry);
            } else if (isSpread(keyPath, depth + 1) && isMap(entries.get(at).value()) && isMap(entry.value())) {
                Mapping both = merge(asMap(entries.get(at).value()), asMap(entry.value()), keyPath, depth + 1);
                entries.set(at, new Entry(entries.get(at).key(), both));
            } else if (!(depth == 0 && key.equals("version") && sameText(entries.get(at), entry))) {
                entries.add(entry);
            }
        }
        return new Mapping(first.place(), entries);
    }

    private static boolean isSpread(SpecPath path, int depth) {
        SpecPath parent = path.parent();
        return switch (depth) {
            case 1 -> true;
            case 2 -> parent != null && parent.segment().equals("subsystems");
            case DEEPEST ->
                parent != null
                        && parent.parent() != null
                        && parent.parent().segment().equals("subsystems")
                        && (path.segment().equals("hosts") || path.segment().equals("namespaces"));
            default -> false;
        };
    }

    private static boolean isMap(Node node) {
        return node instanceof Mapping || node.isNothing();
    }

    private static Mapping asMap(Node node) {
        return node instanceof Mapping mapping ? mapping : new Mapping(node.place(), List.of());
    }

    private static boolean sameText(Entry a, Entry b) {
        return a.value() instanceof Node.Scalar x
                && b.value() instanceof Node.Scalar y
                && x.text().equals(y.text());
    }
}
