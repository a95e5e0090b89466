package org.nvmftarget.control.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.TransportAddress;

/** Binds {@code ana_state:} of a listener: one state for all groups, or a map of those that are not optimized. */
final class AnaStates {

    private static final List<String> WORDS =
            Stream.of(AnaState.values()).map(AnaState::key).toList();

    private AnaStates() {}

    static ListenerSpec bind(TransportAddress address, Optional<Value> section) {
        if (section.isEmpty()) {
            return ListenerSpec.of(address);
        }
        Value value = section.get();
        if (value.node() instanceof Node.Mapping) {
            return new ListenerSpec(address, AnaState.OPTIMIZED, byGroup(value));
        }
        return ListenerSpec.of(address, state(value).orElse(AnaState.OPTIMIZED));
    }

    private static SortedMap<Integer, AnaState> byGroup(Value map) {
        SortedMap<Integer, AnaState> states = new TreeMap<>();
        for (Value.Named entry : map.named().orElse(List.of())) {
            Optional<Integer> group = group(entry);
            Optional<AnaState> state = state(entry.value());
            if (group.isPresent() && state.isPresent()) {
                states.put(group.get(), state.get());
            }
        }
        return states;
    }

    private static Optional<Integer> group(Value.Named entry) {
        String text = entry.key().text();
        Place place = entry.key().place();
        Problems problems = entry.value().problems();
        SpecPath path = entry.value().path();
        if (!Numbers.isWhole(text)) {
            problems.add(
                    place,
                    path,
                    Wording.quoted(text) + " is not an ANA group: a whole number in decimal",
                    Numbers.hint(text));
            return Optional.empty();
        }
        long group = Numbers.value(text);
        if (group < 1 || group > NamespaceSpec.MAX_ANA_GROUP) {
            problems.add(
                    place,
                    path,
                    "ANA group " + Wording.shown(text) + " is not in 1 to " + NamespaceSpec.MAX_ANA_GROUP,
                    "a namespace says with `ana_group` to which group it belongs");
            return Optional.empty();
        }
        return Optional.of((int) group);
    }

    private static Optional<AnaState> state(Value value) {
        return value.choice(WORDS).map(word -> AnaState.valueOf(word.toUpperCase(Locale.ROOT)));
    }
}
