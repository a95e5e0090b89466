package org.nvmftarget.cli;

/** {@code --output}. */
enum Output {
    TEXT,
    JSON
}
