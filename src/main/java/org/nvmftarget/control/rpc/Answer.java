package org.nvmftarget.control.rpc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** What goes back for a request or a batch. */
sealed interface Answer {

    void writeTo(JsonGenerator json);

    /** @param id as the request has it */
    record Success(JsonNode id, Result result) implements Answer {
        @Override
        public void writeTo(JsonGenerator json) {
            writeHead(json, id);
            json.writeName("result");
            result.writeTo(json);
            json.writeEndObject();
        }
    }

    /** @param id as the request has it; null where it has none, or is no request */
    record Failure(@Nullable JsonNode id, RpcError error) implements Answer {
        @Override
        public void writeTo(JsonGenerator json) {
            writeHead(json, id);
            json.writeName("error");
            json.writeStartObject();
            json.writeNumberProperty("code", error.code());
            json.writeStringProperty("message", error.getMessage());
            JsonNode data = error.data();
            if (data != null) {
                json.writeName("data");
                json.writeTree(data);
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    record Batch(List<Answer> answers) implements Answer {
        public Batch {
            answers = List.copyOf(answers);
        }

        @Override
        public void writeTo(JsonGenerator json) {
            json.writeStartArray();
            answers.forEach(answer -> answer.writeTo(json));
            json.writeEndArray();
        }
    }

    private static void writeHead(JsonGenerator json, @Nullable JsonNode id) {
        json.writeStartObject();
        json.writeStringProperty("jsonrpc", "2.0");
        json.writeName("id");
        if (id == null) {
            json.writeNull();
        } else {
            json.writeTree(id);
        }
    }
}
