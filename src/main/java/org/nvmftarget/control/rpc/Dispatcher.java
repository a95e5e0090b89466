package org.nvmftarget.control.rpc;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** From a request to its answer: JSON-RPC 2.0 as SPDK speaks it. Safe on every thread. */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Set<String> MEMBERS = Set.of("jsonrpc", "method", "params", "id");

    private final Map<String, Method> methods;
    private final Refused refused;

    Dispatcher(Map<String, Method> methods, Refused refused) {
        this.methods = Map.copyOf(methods);
        this.refused = refused;
    }

    /** The answer to a request or a batch; none if it holds notifications alone. */
    Optional<JsonNode> answer(ValueReader.Value value) {
        if (!(value.node() instanceof ArrayNode batch)) {
            return Optional.ofNullable(one(value.node(), value.withDuplicates()));
        }
        if (batch.isEmpty()) {
            return Optional.of(invalidRequest());
        }
        ArrayNode answers = Json.array();
        for (JsonNode request : batch) {
            JsonNode answer = one(request, value.withDuplicates());
            if (answer != null) {
                answers.add(answer);
            }
        }
        return answers.isEmpty() ? Optional.empty() : Optional.of(answers);
    }

    static ObjectNode invalidRequest() {
        return error(null, new RpcError(RpcError.INVALID_REQUEST, "Invalid request"));
    }

    static ObjectNode error(@Nullable JsonNode id, RpcError error) {
        ObjectNode answer = head(id);
        ObjectNode body = answer.putObject("error");
        body.put("code", error.code()).put("message", error.getMessage());
        if (error.data() != null) {
            body.set("data", error.data());
        }
        return answer;
    }

    private @Nullable JsonNode one(JsonNode request, Set<JsonNode> withDuplicates) {
        JsonNode id = request.get("id");
        JsonNode params = request.get("params");
        if (!isRequest(request, id, withDuplicates)) {
            return invalidRequest();
        }
        if (params != null && !params.isContainer() && !params.isNull()) {
            return error(id, new RpcError(RpcError.INVALID_REQUEST, "Invalid request"));
        }
        JsonNode given = params == null || params.isNull() ? null : params;
        boolean notification = id == null || id.isNull();
        try {
            JsonNode result = call(
                    request.path("method").asString(),
                    new Params(given, given != null && withDuplicates.contains(given)));
            return notification ? null : head(id).set("result", result);
        } catch (RpcError e) {
            return error(id, e);
        }
    }

    private JsonNode call(String name, Params params) throws RpcError {
        Method method = methods.get(name);
        if (method == null) {
            throw new RpcError(
                    RpcError.METHOD_NOT_FOUND, refused.reason(name, params).orElse("Method not found"));
        }
        try {
            return method.call(params);
        } catch (RuntimeException e) {
            LOG.error("JSON-RPC method {} failed", name, e);
            throw new RpcError(RpcError.INTERNAL_ERROR, "Internal error");
        }
    }

    private static boolean isRequest(JsonNode request, @Nullable JsonNode id, Set<JsonNode> withDuplicates) {
        if (!request.isObject()
                || withDuplicates.contains(request)
                || !MEMBERS.containsAll(request.propertyNames())
                || !request.path("method").isString()) {
            return false;
        }
        JsonNode version = request.get("jsonrpc");
        boolean versionFits =
                version == null || (version.isString() && version.stringValue().equals("2.0"));
        return versionFits && (id == null || id.isString() || id.isNumber() || id.isNull());
    }

    private static ObjectNode head(@Nullable JsonNode id) {
        ObjectNode answer = Json.object();
        answer.put("jsonrpc", "2.0");
        answer.set("id", id == null ? JsonNodeFactory.instance.nullNode() : id);
        return answer;
    }
}
