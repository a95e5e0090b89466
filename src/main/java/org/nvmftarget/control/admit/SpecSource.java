package org.nvmftarget.control.admit;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.nvmftarget.control.config.SpecFiles;
import org.nvmftarget.control.config.SpecText;

/** Where candidates come from. */
interface SpecSource {

    Observation observe();

    /**
     * One look.
     *
     * @param loaded the texts
     * @param footprint how the files lay just before they were read
     */
    record Observation(SpecFiles.Loaded loaded, Footprint footprint) {}

    /** The spec at {@code specFile}, with its drop-ins. */
    static SpecSource ofFile(Path specFile) {
        return () -> {
            Set<Path> files = new HashSet<>(Set.of(specFile));
            while (true) {
                Footprint before = Footprint.of(files);
                SpecFiles.Loaded loaded = SpecFiles.load(specFile);
                boolean grew = false;
                for (SpecText text : loaded.texts()) {
                    grew |= files.add(Path.of(text.file()));
                }
                // Which drop-ins count is known only now: their traces first, then the texts again.
                if (!grew) {
                    return new Observation(loaded, before);
                }
            }
        };
    }
}
