package org.nvmftarget.control.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How texts of the operator's appear in messages, and which word was probably meant. */
final class Wording {
    private static final int LONGEST_SHOWN = 240;

    private Wording() {}

    /** {@code text} in quotes. */
    static String quoted(String text) {
        return "'" + shown(text) + "'";
    }

    /** {@code text} on one line: control characters escaped, the end of a very long one left out. */
    static String shown(String text) {
        // Not all of a text of megabytes is looked at: two chars are a code point at most.
        int looked = Math.min(text.length(), 2 * LONGEST_SHOWN + 1);
        boolean longer = text.codePointCount(0, looked) > LONGEST_SHOWN;
        String part = longer ? text.substring(0, text.offsetByCodePoints(0, LONGEST_SHOWN)) + "…" : text;
        if (part.chars().noneMatch(Wording::isUnprintable)) {
            return part;
        }
        StringBuilder out = new StringBuilder();
        part.chars().forEach(c -> {
            if (isUnprintable(c)) {
                out.append(String.format("\\u%04X", c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }

    private static boolean isUnprintable(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
    }

    /** {@code did you mean `x`?} for the known word nearest to {@code text}, if one is near. */
    static Optional<String> didYouMean(String text, Collection<String> known) {
        if (text.length() > LONGEST_SHOWN) {
            return Optional.empty();
        }
        return nearest(text, known).or(() -> longer(text, known)).map(word -> "did you mean `" + shown(word) + "`?");
    }

    /** The one word that has all parts of {@code text}, as {@code serial_number} has those of {@code serial}. */
    private static Optional<String> longer(String text, Collection<String> known) {
        List<String> parts = List.of(text.split("_"));
        List<String> words = known.stream()
                .filter(word -> List.of(word.split("_")).containsAll(parts))
                .toList();
        return words.size() == 1 ? Optional.of(words.getFirst()) : Optional.empty();
    }

    private static Optional<String> nearest(String text, Collection<String> known) {
        int most = text.length() <= 3 ? 1 : Math.min(3, Math.max(2, text.length() / 4));
        return known.stream()
                .filter(word -> Math.abs(word.length() - text.length()) <= most)
                .filter(word -> editDistance(text, word) <= most)
                .min(Comparator.comparingInt((String word) -> editDistance(text, word))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Insertions, deletions, replacements and swaps of neighbours that make {@code a} into {@code b}. */
    static int editDistance(String a, String b) {
        int[] older = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, 1 + Math.min(previous[j], current[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    current[j] = Math.min(current[j], older[j - 2] + 1);
                }
            }
            int[] spare = older;
            older = previous;
            previous = current;
            current = spare;
        }
        return previous[b.length()];
    }
}
