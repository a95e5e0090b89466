package org.nvmftarget.control.rpc;

import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.model.DesiredState;
import tools.jackson.databind.JsonNode;

/** How plans and configurations are written. */
public interface Rendering {

    JsonNode planJson(Plan plan);

    /** @param colour with ANSI escapes */
    String planText(Plan plan, boolean colour);

    /** Canonical YAML. */
    String yaml(DesiredState state);
}
