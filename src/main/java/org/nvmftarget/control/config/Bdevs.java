package org.nvmftarget.control.config;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.ByteSize;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.ObjectRef;

/**
 * {@code bdevs:} of the spec.
 *
 * @param specs those that are right
 * @param names of all that are declared, right or wrong
 * @param madeOf who is made of which of them
 * @param complete false if the section could not be read, so that a name which is missing proves nothing
 */
record Bdevs(SortedMap<String, BdevSpec> specs, Set<String> names, Map<String, Value> madeOf, boolean complete) {

    static final String NAME_RULE = "a bdev's name is 1 to 64 letters, digits or . _ : / -";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");
    private static final List<String> TYPES = List.of("malloc", "null", "file", "block", "nvme", "delay", "error");
    /** What the machine has; its sizes are its own. */
    private static final List<String> DEVICES = List.of("block", "nvme");
    /** A size that the spec leaves to the device. */
    private static final int OF_THE_DEVICE = 0;

    private static final List<String> BLOCK_SIZES = List.of("512", "4096");
    private static final long MAX_SIZE_BYTES = 1L << 50;
    /** Beyond any machine's memory; the table of what is allocated stays small. */
    private static final long MAX_MALLOC_BYTES = 1L << 42;

    static Bdevs bind(Optional<Value> section, Declarations declarations, Problems problems) {
        SortedMap<String, BdevSpec> specs = new TreeMap<>();
        Set<String> names = new HashSet<>();
        Shared shared =
                new Shared(new Identities("uuid", problems), new BdevPaths(problems), new WrappedBdevs(problems));
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
                    .flatMap(f -> bdev(name, f, entry.value(), shared))
                    .ifPresent(spec -> specs.put(name, spec));
        }
        shared.wrapped().resolve(specs, names, entries.isPresent());
        return new Bdevs(specs, names, shared.wrapped().users(), entries.isPresent());
    }

    /** What all bdevs of a spec share. */
    private record Shared(Identities uuids, BdevPaths paths, WrappedBdevs wrapped) {}

    private static Optional<BdevSpec> bdev(String name, Fields f, Value bdev, Shared shared) {
        Optional<String> type = f.require("type").flatMap(v -> v.choice(TYPES));
        Optional<Integer> blockSize = f.has("block_size")
                ? f.get("block_size").flatMap(v -> v.choice(BLOCK_SIZES)).map(Integer::valueOf)
                : Optional.of(type.filter(DEVICES::contains).isPresent() ? OF_THE_DEVICE : 512);
        Optional<UUID> declared = f.get("uuid")
                .flatMap(v -> IdentityValues.uuid(v)
                        .filter(uuid -> shared.uuids.claim(uuid.toString(), bdev.path(), v.path(), v.place())));
        if (type.isEmpty()) {
            f.get("size").ifPresent(v -> size(v, blockSize, ""));
            BdevLimitsBinder.bind(f.get("limits"));
            return Optional.empty();
        }
        refuseOthers(f, type.get());
        if (WrappedBdevs.TYPES.contains(type.get())) {
            path(f, bdev, type.get(), shared);
            allowShrink(f, type.get());
            shared.wrapped.add(name, type.get(), f, bdev, declared, BdevLimitsBinder.bind(f.get("limits")));
            return Optional.empty();
        }
        Optional<Long> size = size(f, blockSize, type.get());
        Optional<String> path = path(f, bdev, type.get(), shared);
        boolean allowShrink = allowShrink(f, type.get());
        BdevLimits limits = BdevLimitsBinder.bind(f.get("limits"));
        if (blockSize.isEmpty() || size.isEmpty() || path.isEmpty()) {
            return Optional.empty();
        }
        UUID uuid = declared.orElseGet(() -> Identity.bdevUuid(type.get(), name, path.get()));
        int block = blockSize.get();
        return Optional.of(
                switch (type.get()) {
                    case "malloc" -> new BdevSpec.Malloc(name, size.get(), block, uuid, limits);
                    case "file" -> new BdevSpec.File(name, path.get(), size.get(), block, allowShrink, uuid, limits);
                    case "block" -> new BdevSpec.Block(name, path.get(), OF_THE_DEVICE, block, uuid, limits);
                    case "nvme" -> new BdevSpec.Nvme(name, path.get(), OF_THE_DEVICE, block, uuid, limits);
                    default -> new BdevSpec.Null(name, size.get(), block, uuid, limits);
                });
    }

    /** Keys of what is made of other bdevs. */
    private static void refuseOthers(Fields f, String type) {
        List<String> latencies =
                List.of("avg_read_latency", "p99_read_latency", "avg_write_latency", "p99_write_latency");
        if (!type.equals("delay")) {
            latencies.forEach(key -> refuse(f, key, type, "bdevs of type delay have it"));
        }
        if (!type.equals("error")) {
            refuse(f, "errors", type, "bdevs of type error have them");
        }
        if (!WrappedBdevs.TYPES.contains(type)) {
            refuse(f, "base", type, "bdevs of type delay and error have one");
        }
    }

    private static void refuse(Fields f, String key, String type, String hint) {
        f.get(key).ifPresent(v -> v.problem("means nothing for " + type, hint));
    }

    private static Optional<Long> size(Fields f, Optional<Integer> blockSize, String type) {
        if (DEVICES.contains(type)) {
            f.get("size").ifPresent(v -> v.problem("a device has its own size", "leave it out"));
            return Optional.of((long) OF_THE_DEVICE);
        }
        return f.require("size").flatMap(v -> size(v, blockSize, type));
    }

    /** Empty text for memory. */
    private static Optional<String> path(Fields f, Value bdev, String type, Shared shared) {
        if (type.equals("file") || DEVICES.contains(type)) {
            return f.require("path").flatMap(v -> shared.paths.path(v, bdev));
        }
        f.get("path")
                .ifPresent(v -> v.problem("means nothing for " + type, "bdevs of type file, block and nvme have one"));
        return Optional.of("");
    }

    private static boolean allowShrink(Fields f, String type) {
        if (!type.equals("file")) {
            f.get("allow_shrink")
                    .ifPresent(v -> v.problem("means nothing for " + type, "it is for bdevs of type file"));
            return false;
        }
        return f.flag("allow_shrink", false);
    }

    private static Optional<Long> size(Value value, Optional<Integer> blockSize, String type) {
        int block = blockSize.orElse(512);
        long most = type.equals("malloc") ? MAX_MALLOC_BYTES : MAX_SIZE_BYTES;
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
