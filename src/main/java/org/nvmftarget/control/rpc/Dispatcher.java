package org.nvmftarget.control.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** From a request to its answer: JSON-RPC 2.0 as SPDK speaks it. Safe on every thread. */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Set<String> MEMBERS = Set.of("jsonrpc", "method", "params", "id");

    private final Map<String, Method> methods;
    private final Set<String> slow;
    private final Refused refused;

    /** @param slow methods that may take long */
    Dispatcher(Map<String, Method> methods, Set<String> slow, Refused refused) {
        this.methods = Map.copyOf(methods);
        this.slow = Set.copyOf(slow);
        this.refused = refused;
    }

    /** Whether the answer is made in no time worth mentioning, unless it is large. */
    boolean isQuick(ValueReader.Value value) {
        JsonNode request = value.node();
        return !request.isArray()
                && !slow.contains(request.path("method").stringValue(""))
                && !request.path("params").has("timeout"); // it may wait so long
    }

    /** The answer to a request or a batch; none if it holds notifications alone. */
    Optional<Answer> answer(ValueReader.Value value) {
        if (!(value.node() instanceof ArrayNode batch)) {
            return Optional.ofNullable(one(value.node(), value.withDuplicates()));
        }
        if (batch.isEmpty()) {
            return Optional.of(invalidRequest(null));
        }
        List<Answer> answers = new ArrayList<>();
        for (JsonNode request : batch) {
            Answer answer = one(request, value.withDuplicates());
            if (answer != null) {
                answers.add(answer);
            }
        }
        return answers.isEmpty() ? Optional.empty() : Optional.of(new Answer.Batch(answers));
    }

    private static Answer invalidRequest(@Nullable JsonNode id) {
        return new Answer.Failure(id, new RpcError(RpcError.INVALID_REQUEST, "Invalid request"));
    }

    private @Nullable Answer one(JsonNode request, Set<JsonNode> withDuplicates) {
        JsonNode id = request.get("id");
        JsonNode params = request.get("params");
        if (!isRequest(request, id, withDuplicates)) {
            return invalidRequest(null);
        }
        if (params != null && !params.isContainer() && !params.isNull()) {
            return invalidRequest(id);
        }
        JsonNode given = params == null || params.isNull() ? null : params;
        try {
            Result result = call(
                    request.path("method").asString(),
                    new Params(given, given != null && withDuplicates.contains(given)));
            return id == null || id.isNull() ? null : new Answer.Success(id, result);
        } catch (RpcError e) {
            return new Answer.Failure(id, e);
        }
    }

    private Result call(String name, Params params) throws RpcError {
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
}
