package org.nvmftarget.control.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.nvmftarget.control.config.Node.Entry;
import org.nvmftarget.control.config.Node.Items;
import org.nvmftarget.control.config.Node.Mapping;
import org.nvmftarget.control.config.Node.Refused;
import org.nvmftarget.control.config.Node.Scalar;
import org.nvmftarget.model.ByteSize;

/**
 * A value of the document with what a message about it needs. Each reader either returns what it read, or reports one
 * problem and returns empty, so that the binder goes on and finds the next problem.
 *
 * @param owner the key that the value belongs to: to blame for what the value lacks
 */
record Value(Node node, SpecPath path, Place owner, Problems problems) {

    /** A key of a map of identities, and its value. */
    record Named(Scalar key, Value value) {}

    void problem(String message) {
        problems.add(place(), path, message);
    }

    void problem(String message, String hint) {
        problems.add(place(), path, message, hint);
    }

    void problem(String message, Optional<String> hint) {
        problems.add(place(), path, message, hint);
    }

    /** Where the value stands; of a value that is missing or a map, where its key stands. */
    Place place() {
        return node.isNothing() || node instanceof Mapping ? owner : node.place();
    }

    /** A map with fixed keys; nothing counts as an empty map. Empty if it is no map. */
    Optional<Fields> fields(Section section) {
        return map().map(mapping -> Fields.of(this, mapping, section));
    }

    /** A map whose keys are identities, a repeated key left out; nothing counts as an empty map. Empty if it is none. */
    Optional<List<Named>> named() {
        return map().map(mapping -> {
            List<Named> result = new ArrayList<>();
            Map<String, Scalar> seen = new HashMap<>();
            for (Entry entry : mapping.entries()) {
                SpecPath keyPath = path.key(entry.key().text());
                if (isFirst(entry.key(), keyPath, seen)) {
                    result.add(new Named(
                            entry.key(),
                            new Value(entry.value(), keyPath, entry.key().place(), problems)));
                }
            }
            return result;
        });
    }

    /** Reports a key that was there before. */
    boolean isFirst(Scalar key, SpecPath keyPath, Map<String, Scalar> seen) {
        Scalar earlier = seen.putIfAbsent(key.text(), key);
        if (earlier != null) {
            problems.add(key.place(), keyPath, "declared a second time: it stands at " + earlier.place() + " already");
        }
        return earlier == null;
    }

    private Optional<Mapping> map() {
        return switch (node) {
            case Mapping mapping -> Optional.of(mapping);
            case Scalar scalar when scalar.isNull() -> Optional.of(new Mapping(scalar.place(), List.of()));
            default -> wrong("a map");
        };
    }

    /** A list; nothing counts as an empty one. */
    Optional<List<Value>> items() {
        return switch (node) {
            case Items list -> {
                List<Value> values = new ArrayList<>();
                for (Node item : list.items()) {
                    values.add(new Value(item, path.item(values.size()), item.place(), problems));
                }
                yield Optional.of(values);
            }
            case Scalar scalar when scalar.isNull() -> Optional.of(List.of());
            default -> wrong("a list");
        };
    }

    /** A scalar as it stands in the file, whatever YAML would make of it. */
    Optional<String> text(String expected) {
        if (node instanceof Scalar scalar) {
            if (!scalar.isNull()) {
                return Optional.of(scalar.text());
            }
            Optional<String> hint = scalar.text().isEmpty()
                    ? Optional.empty()
                    : Optional.of("if the word itself is meant, quote it: \"" + scalar.text() + "\"");
            problem("has no value: " + expected + " is needed", hint);
            return Optional.empty();
        }
        return wrong(expected);
    }

    private <T> Optional<T> wrong(String expected) {
        if (!(node instanceof Refused)) {
            problem("must be " + expected + ", not " + node.kind());
        }
        return Optional.empty();
    }

    /** A whole number within limits that are part of the message. */
    Optional<Long> integer(long least, long most) {
        return text("a whole number").flatMap(text -> {
            if (!Numbers.isWhole(text)) {
                problem(Wording.quoted(text) + " is not a whole number in decimal", Numbers.hint(text));
                return Optional.empty();
            }
            long number = Numbers.value(text);
            return within(number, least, most, text, Long::toString);
        });
    }

    /** Bytes, within limits that are part of the message. */
    Optional<Long> size(long leastBytes, long mostBytes) {
        return text("a size").flatMap(text -> {
            Optional<ByteSize> size = ByteSize.parse(text);
            if (size.isEmpty()) {
                problem(Wording.quoted(text) + " is not a size", Numbers.sizeHint(text));
                return Optional.empty();
            }
            return within(size.get().bytes(), leastBytes, mostBytes, text, n -> new ByteSize(n).toString());
        });
    }

    Optional<Duration> duration(Duration least, Duration most) {
        return text("a duration").flatMap(text -> {
            Optional<Duration> duration = Numbers.duration(text);
            if (duration.isEmpty()) {
                problem(Wording.quoted(text) + " is not a duration", Numbers.durationHint(text));
                return Optional.empty();
            }
            return within(duration.get().toMillis(), least.toMillis(), most.toMillis(), text, Numbers::durationText)
                    .map(Duration::ofMillis);
        });
    }

    /** Microseconds, at most so many; written with a unit. */
    Optional<Long> latencyUs(long mostUs) {
        return text("a latency").flatMap(text -> {
            Optional<Long> us = Numbers.microseconds(text);
            if (us.isEmpty()) {
                problem(Wording.quoted(text) + " is not a latency", Numbers.latencyHint(text));
                return Optional.empty();
            }
            return within(us.get(), 0, mostUs, text, Numbers::latencyText);
        });
    }

    private Optional<Long> within(long number, long least, long most, String text, LongFunction<String> spelled) {
        if (number < least) {
            problem(Wording.shown(text) + " is too small: the least is " + spelled.apply(least));
            return Optional.empty();
        }
        if (number > most) {
            problem(Wording.shown(text) + " is too large: the most is " + spelled.apply(most));
            return Optional.empty();
        }
        return Optional.of(number);
    }

    Optional<Boolean> flag() {
        return text("true or false").flatMap(text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> {
                problem(Wording.quoted(text) + " is neither true nor false", Numbers.flagHint(text));
                yield Optional.empty();
            }
        });
    }

    /** One of a few words. */
    Optional<String> choice(List<String> words) {
        return text("one of " + String.join(", ", words)).flatMap(text -> {
            if (words.contains(text)) {
                return Optional.of(text);
            }
            problem(
                    Wording.quoted(text) + " is not one of " + String.join(", ", words),
                    problems.didYouMean(text.toLowerCase(Locale.ROOT), words));
            return Optional.empty();
        });
    }
}
