package org.nvmftarget.control.config;

import java.util.Comparator;
import org.nvmftarget.model.SourceMap;

/**
 * A place in a text.
 *
 * @param line from 1; 0 for the text as a whole
 * @param column from 1, in code points
 */
record Place(Source source, int line, int column) implements Comparable<Place> {

    private static final Comparator<Place> ORDER = Comparator.<Place>comparingInt(
                    place -> place.source().order())
            .thenComparingInt(Place::line)
            .thenComparingInt(Place::column);

    static Place whole(Source source) {
        return new Place(source, 0, 1);
    }

    SourceMap.Position position() {
        return new SourceMap.Position(source.file(), line);
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    /** {@code FILE:LINE}. */
    @Override
    public String toString() {
        return position().toString();
    }
}
