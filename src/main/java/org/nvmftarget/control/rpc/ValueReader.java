package org.nvmftarget.control.rpc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.async.ByteArrayFeeder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Cuts a stream of concatenated JSON values, which nothing frames, into values. Bytes come in pieces of any size; a
 * fault shows as soon as the bytes up to it are there. For one thread.
 */
final class ValueReader implements AutoCloseable {

    /** The longest request. */
    static final int MAX_REQUEST_BYTES = 16 << 20;

    private final JsonParser parser;
    private final ByteArrayFeeder feeder;
    private final Deque<JsonNode> open = new ArrayDeque<>();
    private final Deque<String> names = new ArrayDeque<>();
    private Set<JsonNode> withDuplicates = Set.of();
    private long fedBytes;
    private long valueStart;

    ValueReader() {
        parser = Json.FACTORY.createNonBlockingByteArrayParser(ObjectReadContext.empty());
        feeder = (ByteArrayFeeder) parser.nonBlockingInputFeeder();
    }

    /**
     * One value.
     *
     * @param withDuplicates the objects in it in which a key stands twice, by identity
     */
    record Value(JsonNode node, Set<JsonNode> withDuplicates) {}

    /** The stream is no JSON from here on. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(JacksonException cause) {
            super(cause);
        }
    }

    /** A request is longer than {@link #MAX_REQUEST_BYTES}. */
    static final class TooLong extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Takes {@code length} bytes and adds the values that end in them to {@code complete}: also those that come before
     * a fault.
     */
    void feed(byte[] bytes, int length, List<Value> complete) throws Malformed, TooLong {
        try {
            feeder.feedInput(bytes, 0, length);
            fedBytes += length;
            read(complete);
        } catch (JacksonException e) {
            throw new Malformed(e);
        }
        if (!open.isEmpty() && fedBytes - valueStart > MAX_REQUEST_BYTES) {
            throw new TooLong();
        }
    }

    /** The peer will send no more: a bare number at the very end is whole now. */
    List<Value> end() throws Malformed {
        List<Value> complete = new ArrayList<>();
        try {
            feeder.endOfInput();
            read(complete);
        } catch (JacksonException e) {
            throw new Malformed(e);
        }
        return complete;
    }

    @Override
    public void close() {
        parser.close();
    }

    private void read(List<Value> complete) {
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.NOT_AVAILABLE;
                token = parser.nextToken()) {
            JsonNode whole = accept(token);
            if (whole != null) {
                complete.add(new Value(whole, withDuplicates));
                withDuplicates = Set.of();
            }
        }
    }

    private @Nullable JsonNode accept(JsonToken token) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (token) {
            case START_OBJECT -> open(nodes.objectNode());
            case START_ARRAY -> open(nodes.arrayNode());
            case END_OBJECT, END_ARRAY -> {
                JsonNode closed = open.pop();
                yield open.isEmpty() ? closed : null;
            }
            case PROPERTY_NAME -> {
                names.push(parser.currentName());
                yield null;
            }
            case VALUE_STRING -> place(nodes.stringNode(parser.getString()));
            case VALUE_NUMBER_INT -> place(nodes.numberNode(parser.getBigIntegerValue()));
            case VALUE_NUMBER_FLOAT -> place(nodes.numberNode(parser.getDecimalValue()));
            case VALUE_TRUE -> place(nodes.booleanNode(true));
            case VALUE_FALSE -> place(nodes.booleanNode(false));
            case VALUE_NULL -> place(nodes.nullNode());
            default -> throw new IllegalStateException("token " + token);
        };
    }

    private @Nullable JsonNode open(JsonNode container) {
        if (open.isEmpty()) {
            valueStart = parser.currentTokenLocation().getByteOffset();
        }
        place(container);
        open.push(container);
        return null;
    }

    /** Puts {@code value} where it belongs; returns it if it belongs into nothing. */
    private @Nullable JsonNode place(JsonNode value) {
        switch (open.peek()) {
            case ObjectNode object -> {
                if (object.replace(names.pop(), value) != null) {
                    addDuplicates(object);
                }
            }
            case ArrayNode array -> array.add(value);
            case null, default -> {
                return value;
            }
        }
        return null;
    }

    private void addDuplicates(ObjectNode object) {
        if (withDuplicates.isEmpty()) { // as in nearly all requests
            withDuplicates = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        withDuplicates.add(object);
    }
}
