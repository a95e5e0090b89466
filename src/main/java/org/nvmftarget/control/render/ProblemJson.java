package org.nvmftarget.control.render;

import java.util.List;
import org.nvmftarget.model.Problem;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Problems as JSON: {@code [{file,line,column,path,message,hint}]}; {@code hint} is null where there is none. */
public final class ProblemJson {
    private ProblemJson() {}

    /** Indented, with a newline at its end. */
    public static String render(List<Problem> problems) {
        return Formats.json(node(problems));
    }

    public static ArrayNode node(List<Problem> problems) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        problems.forEach(problem -> array.add(node(problem)));
        return array;
    }

    public static ObjectNode node(Problem problem) {
        return Formats.object()
                .put("file", problem.file())
                .put("line", problem.line())
                .put("column", problem.column())
                .put("path", problem.path())
                .put("message", problem.message())
                .put("hint", problem.hint().orElse(null));
    }
}
