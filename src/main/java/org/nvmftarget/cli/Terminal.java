package org.nvmftarget.cli;

import java.util.Optional;

/** Whether standard output is for eyes. */
final class Terminal {
    private Terminal() {}

    static boolean hasColour() {
        return Optional.ofNullable(System.console())
                .filter(console -> console.isTerminal() && System.getenv("NO_COLOR") == null)
                .isPresent();
    }
}
