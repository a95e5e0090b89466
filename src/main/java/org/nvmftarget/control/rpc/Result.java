package org.nvmftarget.control.rpc;

import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A call's {@code result}. What may be large is made element by element while it is written, so that no answer is in
 * memory as a whole.
 */
sealed interface Result {

    /** Writes it once, with no white space. */
    void writeTo(JsonGenerator json);

    static Result of(JsonNode whole) {
        return new Whole(whole);
    }

    /** An array of elements that are made when their turn comes: from what does not change any more. */
    static Result array(Stream<? extends JsonNode> elements) {
        return new Elements(elements);
    }

    /** {@code head}, and after its members one more that is such an array. */
    static Result object(ObjectNode head, String name, Stream<? extends JsonNode> elements) {
        return new Headed(head, name, elements);
    }

    record Whole(JsonNode node) implements Result {
        @Override
        public void writeTo(JsonGenerator json) {
            json.writeTree(node);
        }
    }

    record Elements(Stream<? extends JsonNode> elements) implements Result {
        @Override
        public void writeTo(JsonGenerator json) {
            json.writeStartArray();
            elements.forEachOrdered(json::writeTree);
            json.writeEndArray();
        }
    }

    record Headed(ObjectNode head, String name, Stream<? extends JsonNode> elements) implements Result {
        @Override
        public void writeTo(JsonGenerator json) {
            json.writeStartObject();
            head.properties().forEach(member -> {
                json.writeName(member.getKey());
                json.writeTree(member.getValue());
            });
            json.writeName(name);
            new Elements(elements).writeTo(json);
            json.writeEndObject();
        }
    }
}
