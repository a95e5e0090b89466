package org.nvmftarget.cli;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
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
        objects(text, status);
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
        for (JsonNode older : status.path("on_old_options")) {
            text.append("still on the options of before: ")
                    .append(older.path("host").asString())
                    .append(", by ")
                    .append(older.path("trtype").asString().toLowerCase(Locale.ROOT))
                    .append(" to ")
                    .append(older.path("nqn").asString())
                    .append(", until it connects anew\n");
        }
        status.path("disks").forEach(disk -> disk(text, disk));
        return text.toString();
    }

    /** {@code disk0: io_uring, direct; SAMSUNG MZ1L2 S666NN0T}, and what is not as one may expect. */
    private static void disk(StringBuilder text, JsonNode disk) {
        text.append("disk ")
                .append(disk.path("bdev").asString())
                .append(": ")
                .append(disk.path("engine").asString())
                .append(disk.path("direct").asBoolean() ? ", direct" : ", buffered");
        for (String key : new String[] {"note", "model", "serial", "away"}) {
            if (disk.has(key)) {
                text.append("; ")
                        .append(key.equals("note") ? "" : key + " ")
                        .append(disk.path(key).asString());
            }
        }
        text.append('\n');
    }

    /** {@code 12 objects: 11 Ready, 1 Pending}, then those that are listed. */
    private static void objects(StringBuilder text, JsonNode status) {
        StringJoiner counts = new StringJoiner(", ");
        long all = 0;
        for (Map.Entry<String, JsonNode> count : status.path("object_counts").properties()) {
            all += count.getValue().asLong();
            if (count.getValue().asLong() > 0) {
                counts.add(count.getValue().asString() + " " + count.getKey());
            }
        }
        text.append(all).append(all == 1 ? " object" : " objects");
        text.append(all == 0 ? "" : ": " + counts).append('\n');
        for (JsonNode object : status.path("objects")) {
            String message = object.path("message").asString();
            text.append("  ")
                    .append(object.path("object").asString())
                    .append(": ")
                    .append(object.path("state").asString())
                    .append(message.isEmpty() ? "" : ": " + message)
                    .append('\n');
        }
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
