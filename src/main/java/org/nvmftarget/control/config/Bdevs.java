package org.nvmftarget.control.config;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.ByteSize;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.ObjectRef;

/**
 * {@code bdevs:} of the spec.
 *
 * @param specs those that are right
 * @param names of all that are declared, right or wrong
 * @param complete false if the section could not be read, so that a name which is missing proves nothing
 */
record Bdevs(SortedMap<String, BdevSpec> specs, Set<String> names, boolean complete) {

    static final String NAME_RULE = "a bdev's name is 1 to 64 letters, digits or . _ : / -";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");
    private static final List<String> TYPES = List.of("malloc", "null");
    private static final Set<String> LATER_TYPES = Set.of("file", "block", "nvme");
    private static final List<String> BLOCK_SIZES = List.of("512", "4096");
    private static final long MAX_SIZE_BYTES = 1L << 50;
    /** Beyond any machine's memory; the table of what is allocated stays small. */
    private static final long MAX_MALLOC_BYTES = 1L << 42;

    static Bdevs bind(Optional<Value> section, Declarations declarations, Problems problems) {
        SortedMap<String, BdevSpec> specs = new TreeMap<>();
        Set<String> names = new HashSet<>();
        Identities uuids = new Identities("uuid", problems);
        Optional<List<Value.Named>> entries =
                section.isEmpty() ? Optional.of(List.of()) : section.get().named();
        for (Value.Named entry : entries.orElse(List.of())) {
            String name = entry.key().text();
            if (!NAME.matcher(name).matches()) {
                problems.add(
                        entry.key().place(),
                        entry.value().path(),
                        Wording.quoted(name) + " cannot name a bdev",
                        NAME_RULE);
            }
            names.add(name);
            declarations.add(new ObjectRef.Bdev(name), entry.key().place());
            entry.value()
                    .fields(Section.BDEV)
                    .flatMap(f -> bdev(name, f, entry.value(), uuids))
                    .ifPresent(spec -> specs.put(name, spec));
        }
        return new Bdevs(specs, names, entries.isPresent());
    }

    private static Optional<BdevSpec> bdev(String name, Fields f, Value bdev, Identities uuids) {
        Optional<String> type = f.require("type").flatMap(Bdevs::type);
        Optional<Integer> blockSize = f.has("block_size")
                ? f.get("block_size").flatMap(v -> v.choice(BLOCK_SIZES)).map(Integer::valueOf)
                : Optional.of(512);
        Optional<Long> size = f.require("size").flatMap(v -> size(v, blockSize, type));
        Optional<UUID> declared = f.get("uuid")
                .flatMap(v -> IdentityValues.uuid(v)
                        .filter(uuid -> uuids.claim(uuid.toString(), bdev.path(), v.path(), v.place())));
        if (type.isEmpty() || blockSize.isEmpty() || size.isEmpty()) {
            return Optional.empty();
        }
        UUID uuid = declared.orElseGet(() -> Identity.bdevUuid(type.get(), name, ""));
        return Optional.of(
                type.get().equals("malloc")
                        ? new BdevSpec.Malloc(name, size.get(), blockSize.get(), uuid)
                        : new BdevSpec.Null(name, size.get(), blockSize.get(), uuid));
    }

    private static Optional<String> type(Value value) {
        return value.text("malloc or \"null\"").flatMap(text -> {
            if (TYPES.contains(text)) {
                return Optional.of(text);
            }
            if (LATER_TYPES.contains(text)) {
                value.problem(
                        "bdevs of type " + text + " are not offered by this version", "it offers malloc and \"null\"");
            } else {
                value.problem(
                        Wording.quoted(text) + " is not one of malloc, null",
                        value.problems().didYouMean(text.toLowerCase(Locale.ROOT), TYPES));
            }
            return Optional.empty();
        });
    }

    private static Optional<Long> size(Value value, Optional<Integer> blockSize, Optional<String> type) {
        int block = blockSize.orElse(512);
        long most = type.equals(Optional.of("malloc")) ? MAX_MALLOC_BYTES : MAX_SIZE_BYTES;
        return value.size(block, most).filter(bytes -> {
            if (blockSize.isPresent() && bytes % block != 0) {
                long below = bytes - bytes % block;
                value.problem(
                        "a size of " + bytes + " bytes is not a multiple of block_size, which is " + block,
                        "write " + new ByteSize(below) + " or " + new ByteSize(below + block));
                return false;
            }
            return true;
        });
    }
}
