package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;

/** A subsystem's own attributes, and which fields of an object a target can change in place. */
record Attributes(
        String serialNumber,
        String modelNumber,
        int maxNamespaces,
        int minCntlid,
        int maxCntlid,
        boolean allowAnyHost) {

    static Attributes of(SubsystemSpec s) {
        return new Attributes(
                s.serialNumber(), s.modelNumber(), s.maxNamespaces(), s.minCntlid(), s.maxCntlid(), s.allowAnyHost());
    }

    /** What {@code create_subsystem} makes: no host allowed, nothing in it. */
    static SubsystemSpec blank(Nqn nqn) {
        return new SubsystemSpec(nqn, "", "", 0, 0, 0, false, new TreeSet<>(), new TreeMap<>(), new TreeMap<>(), false);
    }

    /** The spec keys of the immutable fields that differ: a host reads them once, when it connects. */
    static List<String> immutableChanges(SubsystemSpec before, SubsystemSpec after) {
        List<String> changed = new ArrayList<>();
        note(changed, "serial_number", before.serialNumber().equals(after.serialNumber()));
        note(changed, "model_number", before.modelNumber().equals(after.modelNumber()));
        note(changed, "max_namespaces", before.maxNamespaces() == after.maxNamespaces());
        note(changed, "min_cntlid", before.minCntlid() == after.minCntlid());
        note(changed, "max_cntlid", before.maxCntlid() == after.maxCntlid());
        return changed;
    }

    /** The spec keys of the fields in which a bdev differs and cannot change in place: all but its size. */
    static List<String> immutableChanges(BdevSpec before, BdevSpec after) {
        List<String> changed = new ArrayList<>();
        note(changed, "type", before.type().equals(after.type()));
        note(changed, "path", before.path().equals(after.path()));
        note(changed, "base", before.base().equals(after.base()));
        note(
                changed,
                "block_size",
                before.blockSizeBytes() == after.blockSizeBytes()
                        || !after.base().isEmpty());
        note(changed, "uuid", before.uuid().equals(after.uuid()));
        return changed;
    }

    /** The spec keys of the fields in which a namespace differs and that cannot change in place. */
    static String changes(NamespaceSpec before, @Nullable NamespaceSpec after) {
        List<String> changed = new ArrayList<>();
        if (after != null) {
            note(changed, "bdev", before.bdev().equals(after.bdev()));
            note(changed, "uuid", before.uuid().equals(after.uuid()));
            note(changed, "nguid", before.nguid().equals(after.nguid()));
            note(changed, "eui64", before.eui64().equals(after.eui64()));
        }
        return String.join(", ", changed);
    }

    /** Whether a namespace can go on as {@code after}: its ANA group and its hosts alone may differ. */
    static boolean isSame(NamespaceSpec before, @Nullable NamespaceSpec after) {
        return after != null && changes(before, after).isEmpty();
    }

    /** Whether some host of the subsystem may see the namespace as {@code before} and not as {@code after}. */
    static boolean hides(NamespaceSpec before, NamespaceSpec after) {
        return after.hosts().isPresent()
                && (before.hosts().isEmpty()
                        || !after.hosts().get().containsAll(before.hosts().get()));
    }

    private static void note(List<String> changed, String key, boolean equal) {
        if (!equal) {
            changed.add(key);
        }
    }
}
