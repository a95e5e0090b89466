package org.nvmftarget.control.reconcile;

import java.util.List;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.model.DesiredState;

/** Reads texts that are known to be valid. */
final class Texts {
    private Texts() {}

    static DesiredState read(String text) {
        SpecResult read = SpecReader.read(List.of(new SpecText("target.yaml", text)));
        return read.state().orElseThrow(() -> new AssertionError(read.problems() + "\n" + text));
    }
}
