package org.nvmftarget.control.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.Problem;

/** Gathers the problems of a spec. */
final class Problems {

    private record Found(Place place, Problem problem) {}

    /** More of them help nobody, and would fill memory, journal and answers. */
    static final int MOST = 1000;

    /** Looking for the word that was meant costs time: of all problems together so many known words are looked at. */
    private static final int MOST_COMPARISONS = 200_000;

    private static final int LONGEST_HINT = 500;

    private final List<Found> found = new ArrayList<>();
    private int comparisons;
    private int unshown;
    private @Nullable Place lastUnshown;

    void add(Place place, SpecPath path, String message) {
        add(place, path, message, Optional.empty());
    }

    void add(Place place, SpecPath path, String message, String hint) {
        add(place, path, message, Optional.of(hint));
    }

    void add(Place place, SpecPath path, String message, Optional<String> hint) {
        if (found.size() == MOST) {
            unshown++;
            lastUnshown = place;
            return;
        }
        found.add(new Found(
                place,
                new Problem(
                        place.source().file(),
                        place.line(),
                        place.column(),
                        path.toString(),
                        message,
                        hint.filter(text -> text.length() <= LONGEST_HINT),
                        place.source().line(place.line()))));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** {@link Wording#didYouMean}, as long as there is time for it. */
    Optional<String> didYouMean(String text, Collection<String> known) {
        comparisons += known.size();
        return comparisons <= MOST_COMPARISONS && found.size() < MOST
                ? Wording.didYouMean(text, known)
                : Optional.empty();
    }

    /** By place; of more than {@link #MOST} those that were found first, and a line that counts the others. */
    List<Problem> sorted() {
        Stream<Problem> shown = found.stream()
                .sorted(Comparator.comparing(Found::place)
                        .thenComparing(f -> f.problem().path())
                        .thenComparing(f -> f.problem().message()))
                .map(Found::problem);
        Place last = lastUnshown;
        return (last == null ? shown : Stream.concat(shown, Stream.of(others(last)))).toList();
    }

    private Problem others(Place last) {
        return new Problem(
                last.source().file(),
                0,
                1,
                "",
                unshown + (unshown == 1 ? " more problem is" : " more problems are") + " not shown",
                Optional.of("mend these first"),
                Optional.empty());
    }
}
