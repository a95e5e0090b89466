package org.nvmftarget.control.rpc;

import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON as SPDK's clients need it: compact, and ASCII alone, since they decode each chunk that they read by itself. */
final class Json {

    /** SPDK's parser gives up at this depth, too. */
    static final int MAX_DEPTH = 64;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(ValueReader.MAX_REQUEST_BYTES)
                    .build())
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY).build();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** What is written to it goes to {@code out} piece by piece; closing it leaves {@code out} open. */
    static JsonGenerator generator(OutputStream out) {
        return MAPPER.createGenerator(out);
    }

    /** One value from text that this program wrote itself. */
    static JsonNode parse(String text) {
        return MAPPER.readTree(text);
    }
}
