package org.nvmftarget.control.imports;

import java.util.List;

/**
 * What an import gave.
 *
 * @param yaml a valid spec
 * @param left what is not in it, in the order of the source
 */
public record Imported(String yaml, List<Left> left) {
    public Imported {
        left = List.copyOf(left);
    }

    /**
     * Something that was left behind.
     *
     * @param path where it stands in the source, as in {@code $.subsystems[3].config[0].params.psk}
     * @param why in words
     */
    public record Left(String path, String why) {
        @Override
        public String toString() {
            return path + ": " + why;
        }
    }
}
