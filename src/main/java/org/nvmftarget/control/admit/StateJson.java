package org.nvmftarget.control.admit;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.model.Problem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of the state folder. What it cannot read it reports with {@link IllegalArgumentException}. */
final class StateJson {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int FORMAT = 1;

    private StateJson() {}

    static String write(StoredSpec spec) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format_version", FORMAT);
        root.put("generation", spec.generation());
        root.put("content_hash", spec.contentHash());
        root.put("accepted_at", spec.acceptedAt().toString());
        ArrayNode files = root.putArray("files");
        for (SpecText text : spec.texts()) {
            files.addObject().put("name", text.file()).put("text", text.text());
        }
        return root.toString();
    }

    static StoredSpec readSpec(String json) {
        JsonNode root = parse(json);
        List<SpecText> texts = new ArrayList<>();
        for (JsonNode file : required(root, "files")) {
            texts.add(new SpecText(text(file, "name"), text(file, "text")));
        }
        return new StoredSpec(
                required(root, "generation").asLong(), text(root, "content_hash"), time(root, "accepted_at"), texts);
    }

    static String write(Candidate candidate) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format_version", FORMAT);
        root.put("content_hash", candidate.contentHash());
        root.put("outcome", candidate.outcome().name());
        candidate.planId().ifPresent(id -> root.put("plan_id", id));
        root.put("stale_consent", candidate.staleConsent());
        root.put("since", candidate.since().toString());
        ArrayNode problems = root.putArray("problems");
        for (Problem p : candidate.problems()) {
            ObjectNode node = problems.addObject()
                    .put("file", p.file())
                    .put("line", p.line())
                    .put("column", p.column())
                    .put("path", p.path())
                    .put("message", p.message());
            p.hint().ifPresent(hint -> node.put("hint", hint));
            p.sourceLine().ifPresent(line -> node.put("source_line", line));
        }
        ArrayNode refusals = root.putArray("refusals");
        for (Refusal r : candidate.refusals()) {
            refusals.addObject()
                    .put("guard", r.guard())
                    .put("message", r.message())
                    .put("approvable", r.approvable());
        }
        return root.toString();
    }

    static Candidate readCandidate(String json) {
        JsonNode root = parse(json);
        List<Problem> problems = new ArrayList<>();
        for (JsonNode p : required(root, "problems")) {
            problems.add(new Problem(
                    text(p, "file"),
                    required(p, "line").asInt(),
                    required(p, "column").asInt(),
                    text(p, "path"),
                    text(p, "message"),
                    optionalText(p, "hint"),
                    optionalText(p, "source_line")));
        }
        List<Refusal> refusals = new ArrayList<>();
        for (JsonNode r : required(root, "refusals")) {
            refusals.add(new Refusal(
                    text(r, "guard"),
                    text(r, "message"),
                    required(r, "approvable").asBoolean()));
        }
        return new Candidate(
                text(root, "content_hash"),
                Candidate.Outcome.valueOf(text(root, "outcome")),
                problems,
                refusals,
                optionalText(root, "plan_id"),
                root.path("stale_consent").asBoolean(false),
                time(root, "since"));
    }

    private static JsonNode parse(String json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
        if (required(root, "format_version").asInt() != FORMAT) {
            throw new IllegalArgumentException("format_version is " + root.get("format_version") + ", not " + FORMAT);
        }
        return root;
    }

    private static JsonNode required(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null) {
            throw new IllegalArgumentException("'" + field + "' is missing");
        }
        return value;
    }

    private static String text(JsonNode node, String field) {
        return optionalText(node, field)
                .orElseThrow(() -> new IllegalArgumentException("'" + field + "' is missing, or no text"));
    }

    private static Optional<String> optionalText(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value != null && value.isString() ? Optional.of(value.asString()) : Optional.empty();
    }

    private static Instant time(JsonNode node, String field) {
        try {
            return Instant.parse(text(node, field));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'" + field + "' is no time", e);
        }
    }
}
