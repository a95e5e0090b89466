package org.nvmftarget.cli;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** {@code nvmf_target_get_status}'s result for people. */
final class StatusText {
    private StatusText() {}

    static String of(JsonNode status) {
        StringBuilder text = new StringBuilder();
        text.append("accepted generation ")
                .append(status.path("accepted_generation").asString())
                .append(", converged generation ")
                .append(status.path("converged_generation").asString())
                .append('\n');
        for (JsonNode condition : status.path("conditions")) {
            text.append(String.format(
                    "  %-10s %-5s %s",
                    condition.path("type").asString(),
                    condition.path("status").asString(),
                    condition.path("reason").asString()));
            String message = condition.path("message").asString();
            text.append(message.isEmpty() ? "" : ": " + message)
                    .append(" (since ")
                    .append(condition.path("since").asString())
                    .append(")\n");
        }
        for (JsonNode pending : status.path("pending")) {
            text.append("pending: ")
                    .append(pending.path("object").asString())
                    .append(": ")
                    .append(pending.path("reason").asString())
                    .append('\n');
        }
        status.path("failures")
                .forEach(failure ->
                        text.append("failed: ").append(failure.asString()).append('\n'));
        candidate(text, status.path("candidate"));
        if (status.has("last_plan")) {
            text.append("last plan: ")
                    .append(status.path("last_plan").asString())
                    .append('\n');
        }
        for (JsonNode pool : status.path("pools")) {
            text.append("memory of ")
                    .append(pool.path("trtype").asString().toLowerCase(Locale.ROOT))
                    .append(": ")
                    .append(pool.path("bytes").asLong())
                    .append(" bytes\n");
        }
        return text.toString();
    }

    private static void candidate(StringBuilder text, JsonNode candidate) {
        String outcome = candidate.path("outcome").asString("accepted");
        if (outcome.equals("accepted")) {
            return;
        }
        text.append("the file is ")
                .append(outcome)
                .append(" (since ")
                .append(candidate.path("since").asString());
        text.append(")\n");
        candidate
                .path("problems")
                .forEach(problem -> text.append("  ").append(problem(problem)).append('\n'));
        candidate
                .path("refused")
                .forEach(refusal -> text.append("  ")
                        .append(refusal.path("guard").asString())
                        .append(": ")
                        .append(refusal.path("message").asString())
                        .append('\n'));
        if (candidate.path("stale_consent").asBoolean(false)) {
            text.append("  the plan has changed since it was approved\n");
        }
        if (candidate.has("plan_id")) {
            text.append("  plan ").append(candidate.path("plan_id").asString()).append('\n');
        }
    }

    /** {@code FILE:LINE:COL: PATH: what is wrong}. */
    static String problem(JsonNode problem) {
        String path = problem.path("path").asString();
        return problem.path("file").asString() + ":" + problem.path("line").asString() + ":"
                + problem.path("column").asString() + ": " + (path.isEmpty() ? "" : path + ": ")
                + problem.path("message").asString();
    }
}
