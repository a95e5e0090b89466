package org.nvmftarget.control.render;

import org.nvmftarget.control.plan.Plan;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A plan as JSON, format version 1. The same plan gives the same bytes. */
public final class PlanJson {
    private PlanJson() {}

    /** Indented, with a newline at its end. */
    public static String render(Plan plan) {
        return Formats.json(node(plan));
    }

    public static ObjectNode node(Plan plan) {
        ObjectNode node = Formats.object();
        node.put("format_version", "1");
        node.put("plan_id", plan.planId());
        node.put("accepted_generation", plan.acceptedGeneration());
        node.put("changes", plan.hasChanges());
        node.put("disruption", plan.disruption().key());
        Summary summary = Summary.of(plan);
        node.putObject("summary")
                .put("add", summary.add())
                .put("change", summary.change())
                .put("remove", summary.remove());
        ArrayNode steps = node.putArray("steps");
        plan.steps().forEach(step -> steps.add(StepJson.node(step)));
        ArrayNode pending = node.putArray("pending");
        plan.pending()
                .forEach(p ->
                        pending.addObject().put("object", p.object().toString()).put("reason", p.reason()));
        ArrayNode refused = node.putArray("refused");
        plan.refused()
                .forEach(r -> refused.addObject()
                        .put("guard", r.guard())
                        .put("message", r.message())
                        .put("approvable", r.approvable()));
        node.put("diff", ConfigDiff.of(plan));
        return node;
    }
}
