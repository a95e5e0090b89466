package org.nvmftarget.control.imports;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps the books of what is left behind. */
final class Ledger {
    private final Map<String, Integer> order = new HashMap<>();
    private final List<Imported.Left> left = new ArrayList<>();

    /** There is something at {@code path}; what is seen first is listed first. */
    void seen(String path) {
        order.putIfAbsent(path, order.size());
    }

    void left(String path, String why) {
        left.add(new Imported.Left(path, why));
    }

    List<Imported.Left> sorted() {
        return left.stream()
                .distinct()
                .sorted(Comparator.comparing(entry -> order.getOrDefault(entry.path(), Integer.MAX_VALUE)))
                .toList();
    }
}
