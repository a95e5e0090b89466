package org.nvmftarget.model;

import java.util.Optional;

/**
 * An operator's mistake in a file.
 *
 * @param file as the operator named it
 * @param line from 1; 0 where no line is to blame
 * @param column from 1, in code points
 * @param path of the value, as in {@code subsystems.nqn….listeners[0].trsvcid}; empty for the document
 * @param message what is wrong
 * @param hint how it could be mended
 * @param sourceLine the text of the line
 */
public record Problem(
        String file,
        int line,
        int column,
        String path,
        String message,
        Optional<String> hint,
        Optional<String> sourceLine) {

    /** Whatever was written in the wrong place, no key is told on. */
    public Problem {
        path = Masked.of(path);
        message = Masked.of(message);
        hint = hint.map(Masked::of);
        sourceLine = sourceLine.map(Masked::of);
    }
}
