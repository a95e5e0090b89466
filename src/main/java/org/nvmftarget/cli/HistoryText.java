package org.nvmftarget.cli;

import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** One entry of the journal for people: a line, and one more for each thing that went wrong or was done. */
final class HistoryText {
    private HistoryText() {}

    static String of(JsonNode entry) {
        StringBuilder text = new StringBuilder(entry.path("time").asString("?"))
                .append("  ")
                .append(entry.path("event").asString("?"));
        if (entry.has("generation")) {
            text.append(" generation ").append(entry.path("generation").asString());
        }
        for (String key : new String[] {"trigger", "outcome", "spec_file", "plan_id", "content_hash"}) {
            if (entry.has(key)) {
                text.append("  ").append(key).append('=').append(entry.path(key).asString());
            }
        }
        entry.path("diff")
                .asString("")
                .lines()
                .forEach(line -> text.append("\n    ").append(line));
        entry.path("steps").forEach(step -> text.append("\n    ").append(step(step)));
        entry.path("undone").forEach(step -> text.append("\n    undone: ").append(step(step)));
        entry.path("pending")
                .forEach(pending -> text.append("\n    pending: ")
                        .append(pending.path("object").asString())
                        .append(": ")
                        .append(pending.path("reason").asString()));
        entry.path("failures").forEach(failure -> text.append("\n    failed: ").append(failure.asString()));
        entry.path("refusals")
                .forEach(refusal ->
                        text.append("\n    ").append(refusal.path("message").asString()));
        entry.path("problems").forEach(problem -> text.append("\n    ").append(StatusText.problem(problem)));
        return text.toString();
    }

    private static String step(JsonNode step) {
        StringJoiner line = new StringJoiner(" ");
        step.properties().forEach(field -> {
            switch (field.getKey()) {
                case "n" -> line.add(field.getValue().asString() + ".");
                case "data", "declared_at" -> {
                    if (field.getValue().asString().equals("lost")) {
                        line.add("data=lost");
                    }
                }
                case "action" -> line.add(field.getValue().asString());
                case "outcome" -> line.add("(" + field.getValue().asString() + ")");
                case "duration_us" -> line.add(field.getValue().asString() + " µs");
                default ->
                    line.add(field.getKey() + "="
                            + (field.getValue().isValueNode()
                                    ? field.getValue().asString()
                                    : field.getValue().toString()));
            }
        });
        return line.toString();
    }
}
