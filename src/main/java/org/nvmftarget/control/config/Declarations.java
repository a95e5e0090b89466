package org.nvmftarget.control.config;

import java.util.HashMap;
import java.util.Map;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SourceMap;

/** Remembers where each object was declared. */
final class Declarations {

    private final Map<ObjectRef, SourceMap.Position> positions = new HashMap<>();

    void add(ObjectRef object, Place place) {
        positions.putIfAbsent(object, place.position());
    }

    SourceMap sourceMap() {
        return new SourceMap(positions);
    }
}
