package org.nvmftarget.control.rpc;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The parameters of one call. A method takes those that it knows and ends with {@link #end()}; a parameter of another
 * type, one that is unknown, or one that stands twice is an error.
 */
final class Params {

    private final @Nullable JsonNode node;
    private final boolean duplicates;
    private final Supplier<RpcError> fault;
    private final Set<String> known;

    Params(@Nullable JsonNode node, boolean duplicates) {
        this(node, duplicates, RpcError::invalidParameters, new HashSet<>());
    }

    private Params(@Nullable JsonNode node, boolean duplicates, Supplier<RpcError> fault, Set<String> known) {
        this.known = known;
        this.node = node;
        this.duplicates = duplicates;
        this.fault = fault;
    }

    /** The same parameters for a method with another answer to bad ones. */
    Params faultedBy(Supplier<RpcError> otherFault) {
        return new Params(node, duplicates, otherFault, known);
    }

    /** None are allowed: not even {@code {}}. */
    void none(String method) throws RpcError {
        noneOr(method + " requires no parameters");
    }

    /** The same, where SPDK says it in other words. */
    void noneOr(String message) throws RpcError {
        if (node != null) {
            throw new RpcError(RpcError.INVALID_PARAMS, message);
        }
    }

    Optional<String> string(String name) throws RpcError {
        JsonNode value = take(name);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(value.stringValueOpt().orElseThrow(fault));
    }

    Optional<Boolean> bool(String name) throws RpcError {
        JsonNode value = take(name);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(value.booleanValueOpt().orElseThrow(fault));
    }

    /** An unsigned number of at most 31 bits. */
    Optional<Integer> count(String name) throws RpcError {
        JsonNode value = take(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw fault.get();
        }
        return Optional.of(value.intValue());
    }

    /** An unsigned number of at most 64 bits; one beyond {@link Long#MAX_VALUE} is as good as that. */
    Optional<Long> bigCount(String name) throws RpcError {
        JsonNode value = take(name);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(bigCount(value));
    }

    private long bigCount(JsonNode value) throws RpcError {
        if (!value.isIntegralNumber() || value.bigIntegerValue().signum() < 0) {
            throw fault.get();
        }
        return value.bigIntegerValue().min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }

    /** An array of such numbers. */
    Optional<List<Long>> bigCounts(String name) throws RpcError {
        JsonNode value = take(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isArray()) {
            throw fault.get();
        }
        List<Long> all = new ArrayList<>();
        for (JsonNode item : value) {
            all.add(bigCount(item));
        }
        return Optional.of(all);
    }

    /** An array of strings. */
    Optional<List<String>> strings(String name) throws RpcError {
        JsonNode value = take(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isArray()) {
            throw fault.get();
        }
        List<String> all = new ArrayList<>();
        for (JsonNode item : value) {
            all.add(item.stringValueOpt().orElseThrow(fault));
        }
        return Optional.of(all);
    }

    /** What a method has taken so far. */
    Set<String> known() {
        return Collections.unmodifiableSet(known);
    }

    /** An object or array. */
    Optional<JsonNode> container(String name) throws RpcError {
        JsonNode value = take(name);
        if (value != null && !value.isContainer()) {
            throw fault.get();
        }
        return Optional.ofNullable(value);
    }

    /** A string if there is one by that name; nothing is an error. */
    Optional<String> lenient(String name) {
        return node == null ? Optional.empty() : node.path(name).stringValueOpt();
    }

    /** After all have been taken: whether there are others. */
    void end() throws RpcError {
        if (node != null && (duplicates || !node.isObject() || !known.containsAll(node.propertyNames()))) {
            throw fault.get();
        }
    }

    private @Nullable JsonNode take(String name) throws RpcError {
        if (node != null && !node.isObject()) {
            throw fault.get();
        }
        known.add(name);
        return node == null ? null : node.get(name);
    }
}
