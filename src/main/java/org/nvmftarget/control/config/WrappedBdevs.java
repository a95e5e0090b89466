package org.nvmftarget.control.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Identity;

/** Bdevs that are made of others: bound when all that there are is known. */
final class WrappedBdevs {

    static final List<String> TYPES = List.of("delay", "error");

    private static final List<String> IO_TYPES =
            Stream.of(BdevError.IoType.values()).map(BdevError.IoType::key).toList();
    private static final List<String> STATUSES =
            Stream.of(BdevError.Status.values()).map(BdevError.Status::key).toList();
    private static final long MOST = 1L << 50;

    private record Wrapped(
            String name, String type, Value bdev, Optional<Value> base, Optional<UUID> uuid, BdevLimits limits) {}

    private final Problems problems;
    private final Map<String, Wrapped> wrapped = new LinkedHashMap<>();
    private final Map<String, BdevLatencies> latencies = new HashMap<>();
    private final Map<String, List<BdevError>> errors = new HashMap<>();
    /** Who is made of a bdev. */
    private final Map<String, Value> users = new HashMap<>();

    WrappedBdevs(Problems problems) {
        this.problems = problems;
    }

    /** @param uuid that is declared */
    void add(String name, String type, Fields f, Value bdev, Optional<UUID> uuid, BdevLimits limits) {
        for (String key : List.of("size", "block_size")) {
            f.get(key).ifPresent(v -> v.problem("a bdev of type " + type + " has that of its base", "leave it out"));
        }
        if (type.equals("delay")) {
            latencies.put(
                    name,
                    new BdevLatencies(
                            latency(f, "avg_read_latency"),
                            latency(f, "p99_read_latency"),
                            latency(f, "avg_write_latency"),
                            latency(f, "p99_write_latency")));
        } else {
            errors.put(name, errors(f.get("errors")));
        }
        wrapped.put(name, new Wrapped(name, type, bdev, f.require("base"), uuid, limits));
    }

    private static long latency(Fields f, String key) {
        return f.get(key).flatMap(v -> v.latencyUs(BdevLatencies.MOST_US)).orElse(0L);
    }

    private static List<BdevError> errors(Optional<Value> list) {
        List<BdevError> errors = new ArrayList<>();
        for (Value item : list.flatMap(Value::items).orElse(List.of())) {
            item.fields(Section.ERROR).ifPresent(f -> errors.add(error(f)));
        }
        return errors;
    }

    private static BdevError error(Fields f) {
        return new BdevError(
                f.get("io_type")
                        .flatMap(v -> v.choice(IO_TYPES))
                        .flatMap(key -> Stream.of(BdevError.IoType.values())
                                .filter(type -> type.key().equals(key))
                                .findFirst())
                        .orElse(BdevError.IoType.ALL),
                f.get("status")
                        .flatMap(v -> v.choice(STATUSES))
                        .flatMap(key -> Stream.of(BdevError.Status.values())
                                .filter(status -> status.key().equals(key))
                                .findFirst())
                        .orElse(BdevError.Status.IO_ERROR),
                number(f, "lba", 0, 0),
                number(f, "blocks", 1, 0),
                number(f, "every", 1, 1),
                number(f, "num", 1, 0));
    }

    private static long number(Fields f, String key, long least, long otherwise) {
        return f.get(key).flatMap(v -> v.integer(least, MOST)).orElse(otherwise);
    }

    /** Who is made of which bdev. */
    Map<String, Value> users() {
        return users;
    }

    /**
     * Adds to {@code specs} those whose bases are there and nobody else's.
     *
     * @param names of all bdevs that are declared
     * @param complete whether these are all
     */
    void resolve(SortedMap<String, BdevSpec> specs, Set<String> names, boolean complete) {
        Map<String, String> bases = new HashMap<>();
        for (Wrapped one : wrapped.values()) {
            one.base()
                    .flatMap(v -> base(v, one, names, complete, bases))
                    .ifPresent(base -> bases.put(one.name(), base));
        }
        boolean more = true;
        while (more) {
            more = false;
            for (Wrapped one : wrapped.values()) {
                BdevSpec base = specs.get(bases.getOrDefault(one.name(), ""));
                if (base != null && !specs.containsKey(one.name())) {
                    specs.put(one.name(), spec(one, base));
                    more = true;
                }
            }
        }
    }

    private Optional<String> base(
            Value value, Wrapped one, Set<String> names, boolean complete, Map<String, String> bases) {
        Optional<String> named = value.text("the name of a bdev");
        if (named.isEmpty()) {
            return named;
        }
        String base = named.get();
        if (!names.contains(base)) {
            if (complete) {
                value.problem("there is no bdev " + Wording.quoted(base), problems.didYouMean(base, names));
            }
            return Optional.empty();
        }
        for (String at = base; !at.isEmpty(); at = bases.getOrDefault(at, "")) {
            if (at.equals(one.name())) {
                value.problem("bdev " + Wording.quoted(one.name()) + " would be made of itself");
                return Optional.empty();
            }
        }
        Value user = users.putIfAbsent(base, one.bdev());
        if (user != null) {
            value.problem("bdev " + Wording.quoted(base) + " is the base of " + user.path() + " already ("
                    + user.owner() + "): a bdev has one user");
            return Optional.empty();
        }
        return named;
    }

    private BdevSpec spec(Wrapped one, BdevSpec base) {
        UUID uuid = one.uuid()
                .orElseGet(() ->
                        Identity.bdevUuid(one.type(), one.name(), base.uuid().toString()));
        return one.type().equals("delay")
                ? new BdevSpec.Delay(
                        one.name(),
                        base.name(),
                        latencies.getOrDefault(one.name(), BdevLatencies.NONE),
                        0,
                        0,
                        uuid,
                        one.limits())
                : new BdevSpec.Failing(
                        one.name(), base.name(), errors.getOrDefault(one.name(), List.of()), 0, 0, uuid, one.limits());
    }
}
