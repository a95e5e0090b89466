package org.nvmftarget.model;

import java.util.Map;
import java.util.Optional;

/** Where each object of a spec was declared. */
public record SourceMap(Map<ObjectRef, Position> positions) {

    public static final SourceMap EMPTY = new SourceMap(Map.of());

    /** A line of a file, from 1. */
    public record Position(String file, int line) {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    public SourceMap {
        positions = Map.copyOf(positions);
    }

    public Optional<Position> of(ObjectRef object) {
        return Optional.ofNullable(positions.get(object));
    }
}
