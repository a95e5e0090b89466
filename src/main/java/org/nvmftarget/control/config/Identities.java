package org.nvmftarget.control.config;

import java.util.HashMap;
import java.util.Map;

/** Identities that must be unique in a spec, such as the uuids of all namespaces. */
final class Identities {

    private record Holder(SpecPath path, Place place) {}

    private final String kind;
    private final Problems problems;
    private final Map<String, Holder> holders = new HashMap<>();

    /** @param kind what the identities are called, as in {@code uuid} */
    Identities(String kind, Problems problems) {
        this.kind = kind;
        this.problems = problems;
    }

    /**
     * Takes {@code identity} for {@code owner}, or reports that it is taken.
     *
     * @param path of the value that declares it
     */
    boolean claim(String identity, SpecPath owner, SpecPath path, Place place) {
        Holder holder = holders.putIfAbsent(identity, new Holder(owner, place));
        if (holder != null) {
            problems.add(
                    place,
                    path,
                    kind + " " + identity + " is that of " + holder.path() + " already (" + holder.place() + ")");
        }
        return holder == null;
    }
}
