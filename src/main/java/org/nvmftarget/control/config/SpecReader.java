package org.nvmftarget.control.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.control.config.Node.Mapping;
import org.nvmftarget.model.Problem;
import org.nvmftarget.model.SourceMap;

/**
 * Reads a spec. A pure function of the texts: no file, device or clock, so it gives the same answer on every machine.
 */
public final class SpecReader {
    private SpecReader() {}

    /**
     * Reads {@code files} as one document, merged in this order. A text that is not readable as YAML ends the reading
     * once each file was parsed; all other problems are reported at once.
     */
    public static SpecResult read(List<SpecText> files) {
        Problems problems = new Problems();
        SpecLimits limits = new SpecLimits();
        List<Mapping> documents = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            YamlTree.parse(new Source(i, files.get(i)), problems, limits).ifPresent(root -> {
                if (root instanceof Mapping mapping) {
                    documents.add(mapping);
                } else {
                    notAMap(root, problems);
                }
            });
        }
        if (files.isEmpty()) {
            return new SpecResult(Optional.empty(), List.of(noFile()), SourceMap.EMPTY);
        }
        if (documents.size() < files.size()) {
            return new SpecResult(Optional.empty(), problems.sorted(), SourceMap.EMPTY);
        }
        return new SpecBinder(problems).bind(DropIns.merge(documents));
    }

    private static void notAMap(Node root, Problems problems) {
        if (!(root instanceof Node.Refused)) {
            problems.add(
                    root.place(),
                    SpecPath.ROOT,
                    "a spec is a map of keys, not " + root.kind(),
                    "the smallest spec is `version: 1`: a target with nothing in it");
        }
    }

    private static Problem noFile() {
        return new Problem("", 0, 1, "", "there is no file to read", Optional.empty(), Optional.empty());
    }
}
