package org.nvmftarget.control.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;

/** Binds how a host authenticates. The key files are not looked at: a spec says the same on every machine. */
final class KeysBinder {
    private static final Map<String, DhchapDigest> DIGESTS = byKey(DhchapDigest.values(), DhchapDigest::key);
    private static final Map<String, DhchapGroup> GROUPS = byKey(DhchapGroup.values(), DhchapGroup::key);

    private KeysBinder() {}

    /** @return empty for a host that need not authenticate, or if something is wrong */
    static Optional<HostKeys> bind(Fields f) {
        Optional<KeyFile> ctrlr = f.get("dhchap_ctrlr_key").flatMap(v -> keyFile(v, Section.CTRLR_KEY));
        SortedSet<DhchapDigest> digests =
                f.get("dhchap_digests").flatMap(v -> words(v, DIGESTS)).orElse(DhchapDigest.ALL);
        SortedSet<DhchapGroup> groups =
                f.get("dhchap_dhgroups").flatMap(v -> words(v, GROUPS)).orElse(DhchapGroup.ALL);
        if (!f.has("dhchap_key")) {
            for (String needless : List.of("dhchap_ctrlr_key", "dhchap_digests", "dhchap_dhgroups")) {
                f.get(needless).ifPresent(v -> v.problem("means nothing without `dhchap_key`"));
            }
            return Optional.empty();
        }
        return f.get("dhchap_key")
                .flatMap(v -> keyFile(v, Section.KEY))
                .map(key -> new HostKeys(key, ctrlr, digests, groups));
    }

    private static Optional<KeyFile> keyFile(Value value, Section section) {
        if (value.node() instanceof Node.Scalar scalar && !scalar.isNull()) {
            value.problem("a key never stands in the spec itself", "write { file: /path/of/a/file/that/holds/it }");
            return Optional.empty();
        }
        return value.fields(section)
                .flatMap(f -> f.require("file"))
                .flatMap(KeysBinder::path)
                .map(KeyFile::declared);
    }

    private static Optional<String> path(Value value) {
        return value.text("the absolute path of a file").filter(text -> {
            boolean good = text.startsWith("/") && !text.endsWith("/") && text.indexOf('\0') < 0;
            if (!good) {
                value.problem(Wording.quoted(text) + " is not the absolute path of a file");
            }
            return good;
        });
    }

    private static <T> Map<String, T> byKey(T[] all, Function<T, String> key) {
        return Arrays.stream(all).collect(Collectors.toMap(key, Function.identity()));
    }

    /** A list that is not empty, of words that are each there once. */
    private static <T extends Comparable<T>> Optional<SortedSet<T>> words(Value list, Map<String, T> known) {
        SortedSet<T> words = new TreeSet<>();
        Optional<List<Value>> items = list.items();
        for (Value item : items.orElse(List.of())) {
            Optional<T> word =
                    item.choice(known.keySet().stream().sorted().toList()).map(known::get);
            if (word.isPresent() && !words.add(word.get())) {
                item.problem(word.get().toString().toLowerCase(Locale.ROOT) + " stands here a second time");
            }
        }
        if (items.isPresent() && items.get().isEmpty()) {
            list.problem("is empty: nobody could authenticate");
        }
        return words.isEmpty() ? Optional.empty() : Optional.of(words);
    }
}
