package org.nvmftarget.control.admit;

import java.util.List;
import java.util.Map;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.model.Problem;

/** What admitting a text now would do, without doing it. Safe on every thread. */
public interface Preview {

    /**
     * @param files the texts by the name that messages shall give them, in the order in which they merge
     */
    Result preview(Map<String, String> files);

    /** A plan (perhaps with refusals in it), or what is wrong with the text. */
    sealed interface Result {
        record Planned(Plan plan) implements Result {}

        record Invalid(List<Problem> problems) implements Result {
            public Invalid {
                problems = List.copyOf(problems);
            }
        }
    }
}
