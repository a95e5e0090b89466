package org.nvmftarget.control.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.model.Problem;

/** Gathers the problems of a spec. */
final class Problems {

    private record Found(Place place, Problem problem) {}

    private final List<Found> found = new ArrayList<>();

    void add(Place place, SpecPath path, String message) {
        add(place, path, message, Optional.empty());
    }

    void add(Place place, SpecPath path, String message, String hint) {
        add(place, path, message, Optional.of(hint));
    }

    void add(Place place, SpecPath path, String message, Optional<String> hint) {
        found.add(new Found(
                place,
                new Problem(
                        place.source().file(),
                        place.line(),
                        place.column(),
                        path.toString(),
                        message,
                        hint,
                        place.source().line(place.line()))));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<Problem> sorted() {
        return found.stream()
                .sorted(Comparator.comparing(Found::place)
                        .thenComparing(f -> f.problem().path())
                        .thenComparing(f -> f.problem().message()))
                .map(Found::problem)
                .toList();
    }
}
