package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.nvmftarget.model.BdevSpec;

/** A bdev, and what it is made of. */
public final class BdevStack {
    private BdevStack() {}

    /** The bdev itself first; none if there is no such bdev. */
    public static List<BdevSpec> of(Map<String, BdevSpec> bdevs, String name) {
        List<BdevSpec> stack = new ArrayList<>();
        BdevSpec bdev = bdevs.get(name);
        while (bdev != null && !stack.contains(bdev)) {
            stack.add(bdev);
            bdev = bdevs.get(bdev.base());
        }
        return stack;
    }

    /** How many it is made of. */
    static int depth(Map<String, BdevSpec> bdevs, String name) {
        return of(bdevs, name).size() - 1;
    }

    /** All of them, each behind what it is made of. */
    public static List<BdevSpec> basesFirst(Map<String, BdevSpec> bdevs) {
        return bdevs.values().stream()
                .sorted(Comparator.comparingInt(bdev -> depth(bdevs, bdev.name())))
                .toList();
    }

    /** Whether it, or something that it is made of, is in both and so different. */
    static boolean anyIs(
            Map<String, BdevSpec> before,
            Map<String, BdevSpec> after,
            String name,
            BiPredicate<BdevSpec, BdevSpec> so) {
        return of(before, name).stream().anyMatch(was -> {
            BdevSpec is = after.get(was.name());
            return is != null && so.test(was, is);
        });
    }

    static boolean isReplaced(Map<String, BdevSpec> before, Map<String, BdevSpec> after, String name) {
        return anyIs(
                before,
                after,
                name,
                (was, is) -> !Attributes.immutableChanges(was, is).isEmpty());
    }

    static boolean isShrunk(Map<String, BdevSpec> before, Map<String, BdevSpec> after, String name) {
        return anyIs(before, after, name, (was, is) -> is.sizeBytes() < was.sizeBytes());
    }
}
