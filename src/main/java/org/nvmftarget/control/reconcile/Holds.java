package org.nvmftarget.control.reconcile;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nvmftarget.model.ObjectRef;

/** What is left out of plans for a while: objects that wait for something outside, and units that failed. */
final class Holds {
    private final Backoff backoff;
    private Map<ObjectRef, Held> waiting = new HashMap<>();
    private Map<ObjectRef, Held> failing = new HashMap<>();

    Holds(Backoff backoff) {
        this.backoff = backoff;
    }

    void clear() {
        waiting.clear();
        failing.clear();
    }

    /** The objects that are not due, with why. */
    Map<ObjectRef, String> notDue(long nowNs) {
        Map<ObjectRef, String> held = new HashMap<>();
        collect(waiting, held, nowNs);
        collect(failing, held, nowNs);
        return held;
    }

    /** All held objects, due or not, with why. */
    Map<ObjectRef, String> all() {
        Map<ObjectRef, String> held = waiting();
        failing.values().forEach(h -> h.objects().forEach(object -> held.put(object, h.message())));
        return held;
    }

    Map<ObjectRef, String> waiting() {
        Map<ObjectRef, String> held = new HashMap<>();
        waiting.forEach((object, h) -> held.put(object, h.message()));
        return held;
    }

    private static void collect(Map<ObjectRef, Held> from, Map<ObjectRef, String> into, long nowNs) {
        for (Held held : from.values()) {
            if (!held.isDue(nowNs)) {
                held.objects().forEach(object -> into.put(object, held.message()));
            }
        }
    }

    boolean isFailing(ObjectRef object) {
        return failing.containsKey(object)
                || failing.values().stream().anyMatch(held -> held.objects().contains(object));
    }

    boolean hasFailures() {
        return !failing.isEmpty();
    }

    /** Every object that failed, or failed with another. */
    Map<ObjectRef, String> failing() {
        Map<ObjectRef, String> held = new HashMap<>();
        failing.forEach((object, h) -> {
            h.objects().forEach(other -> held.putIfAbsent(other, h.message()));
            held.put(object, h.message());
        });
        return held;
    }

    /** In words, sorted by object. */
    List<String> failures() {
        Map<String, String> sorted = new TreeMap<>();
        failing.forEach((object, held) -> sorted.put(object.toString(), held.message()));
        return List.copyOf(sorted.values());
    }

    /**
     * Takes in what a pass found. What was due when it began and is not found again is forgotten.
     *
     * @param dueAll whether the pass tried what was not due, too
     * @param beganNs what {@link #notDue} was asked for
     */
    void update(
            Map<ObjectRef, String> foundWaiting,
            List<Execution.Failure> failures,
            boolean dueAll,
            long beganNs,
            long nowNs) {
        Map<ObjectRef, Held> nowWaiting = kept(waiting, dueAll, beganNs);
        foundWaiting.forEach(
                (object, message) -> nowWaiting.put(object, next(waiting, object, message, Set.of(object), nowNs)));
        Map<ObjectRef, Held> nowFailing = kept(failing, dueAll, beganNs);
        failures.forEach(f -> nowFailing.put(f.object(), next(failing, f.object(), f.message(), f.unit(), nowNs)));
        waiting = nowWaiting;
        failing = nowFailing;
    }

    /** Adds a failure that shows only after {@link #update}. */
    void fail(ObjectRef object, String message, int attempt, long nowNs) {
        failing.put(object, new Held(message, Set.of(object), attempt, nowNs + backoff.delayNs(attempt)));
    }

    /** How often {@code object} has failed in a row. */
    int attempts(ObjectRef object) {
        return Optional.ofNullable(failing.get(object)).map(Held::attempts).orElse(0);
    }

    /** How long until the next of them is due, in nanoseconds, negative if it is overdue; empty if there is none. */
    OptionalLong nextDueInNs(long nowNs) {
        return Stream.concat(waiting.values().stream(), failing.values().stream())
                .mapToLong(held -> held.dueNs() - nowNs)
                .min();
    }

    private static Map<ObjectRef, Held> kept(Map<ObjectRef, Held> held, boolean dueAll, long beganNs) {
        Map<ObjectRef, Held> kept = new LinkedHashMap<>(held);
        kept.values().removeIf(h -> dueAll || h.isDue(beganNs));
        return kept;
    }

    private Held next(
            Map<ObjectRef, Held> before, ObjectRef object, String message, Set<ObjectRef> objects, long nowNs) {
        int attempt =
                Optional.ofNullable(before.get(object)).map(Held::attempts).orElse(0) + 1;
        return new Held(message, objects, attempt, nowNs + backoff.delayNs(attempt));
    }
}
