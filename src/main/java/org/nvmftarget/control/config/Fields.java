package org.nvmftarget.control.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.nvmftarget.control.config.Node.Entry;
import org.nvmftarget.control.config.Node.Mapping;
import org.nvmftarget.control.config.Node.Scalar;

/**
 * The keys of a map that has fixed ones. Unknown and repeated keys are reported on the way in. A value that is absent
 * reads as its default, and so does a wrong one, after its problem was reported.
 */
final class Fields {

    private final Value map;
    private final Section section;
    private final Map<String, Value> values;

    private Fields(Value map, Section section, Map<String, Value> values) {
        this.map = map;
        this.section = section;
        this.values = values;
    }

    static Fields of(Value map, Mapping mapping, Section section) {
        Map<String, Value> values = new HashMap<>();
        Map<String, Scalar> seen = new HashMap<>();
        for (Entry entry : mapping.entries()) {
            Scalar key = entry.key();
            SpecPath path = map.path().key(key.text());
            if (!map.isFirst(key, path, seen)) {
                continue;
            }
            if (section.keys().contains(key.text())) {
                values.put(key.text(), new Value(entry.value(), path, key.place(), map.problems()));
            } else {
                map.problems()
                        .add(
                                key.place(),
                                path,
                                section.faultOf(key.text()),
                                section.hintFor(key.text(), map.problems()));
            }
        }
        return new Fields(map, section, values);
    }

    Optional<Value> get(String key) {
        if (!section.keys().contains(key)) {
            throw new IllegalArgumentException(section.where() + " has no key " + key);
        }
        return Optional.ofNullable(values.get(key));
    }

    boolean has(String key) {
        return get(key).isPresent();
    }

    /** Reports the key if it is missing. */
    Optional<Value> require(String key) {
        Optional<Value> value = get(key);
        if (value.isEmpty()) {
            map.problem("`" + key + "` is missing");
        }
        return value;
    }

    int integer(String key, int otherwise, int least, int most) {
        return integerOrWrong(key, otherwise, least, most).orElse(otherwise);
    }

    /** Empty if the value is wrong, for what must not be compared with a default then. */
    Optional<Integer> integerOrWrong(String key, int otherwise, int least, int most) {
        Optional<Value> value = get(key);
        return value.isEmpty()
                ? Optional.of(otherwise)
                : value.get().integer(least, most).map(Math::toIntExact);
    }

    /** Like {@link #integerOrWrong}, of bytes. */
    Optional<Integer> sizeOrWrong(String key, int otherwiseBytes, int leastBytes, int mostBytes) {
        Optional<Value> value = get(key);
        return value.isEmpty()
                ? Optional.of(otherwiseBytes)
                : value.get().size(leastBytes, mostBytes).map(Math::toIntExact);
    }

    boolean flag(String key, boolean otherwise) {
        return get(key).flatMap(Value::flag).orElse(otherwise);
    }
}
