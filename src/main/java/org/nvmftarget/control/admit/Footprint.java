package org.nvmftarget.control.admit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How the files of a spec lie on the disk, to tell a file that arrived whole (a rename, or a symlink swapped above it)
 * from one that is being written in place. Immutable.
 */
record Footprint(Map<Path, Trace> traces) {

    static final Footprint NOTHING = new Footprint(Map.of());

    /**
     * One file.
     *
     * @param realPath without symlinks
     * @param file device and inode
     * @param changed ctime: a rename sets it, and leaves the time of modification
     */
    record Trace(Path realPath, String file, FileTime modified, FileTime changed, long sizeBytes) {

        /**
         * Whether the file came here as a whole: another inode than before, last written before its inode changed for
         * the last time, which was the rename; or reached by another way, which was a swapped symlink.
         */
        boolean arrivedWholeAfter(Trace before) {
            boolean swapped = !realPath.equals(before.realPath);
            boolean renamed = !file.equals(before.file) && modified.compareTo(changed) < 0;
            return swapped || renamed;
        }

        boolean isNewAndWhole() {
            return modified.compareTo(changed) < 0;
        }
    }

    Footprint {
        traces = Map.copyOf(traces);
    }

    /** Of those of {@code files} that are there. */
    static Footprint of(Collection<Path> files) {
        Map<Path, Trace> traces = new TreeMap<>();
        for (Path file : files) {
            try {
                if (!Files.isDirectory(file)) {
                    traces.put(file, trace(file));
                }
            } catch (IOException gone) {
                traces.remove(file);
            }
        }
        return new Footprint(traces);
    }

    private static Trace trace(Path file) throws IOException {
        Object changed = Objects.requireNonNull(Files.getAttribute(file, "unix:ctime"));
        Object inode = Objects.requireNonNull(Files.getAttribute(file, "unix:ino"));
        Object device = Objects.requireNonNull(Files.getAttribute(file, "unix:dev"));
        BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
        return new Trace(
                file.toRealPath(), device + ":" + inode, basic.lastModifiedTime(), (FileTime) changed, basic.size());
    }

    /** Whether nobody has written to a file, or put another in its place, after {@code time}. */
    boolean isUntouchedSince(Instant time) {
        return traces.values().stream()
                .allMatch(trace -> trace.changed().toInstant().isBefore(time));
    }

    /** Whether all that is other than in {@code before} arrived whole. A file that went away has not. */
    boolean arrivedWholeAfter(Footprint before) {
        if (!traces.keySet().containsAll(before.traces.keySet())) {
            return false;
        }
        return traces.entrySet().stream().allMatch(entry -> {
            Trace was = before.traces.get(entry.getKey());
            Trace is = entry.getValue();
            return is.equals(was) || (was == null ? is.isNewAndWhole() : is.arrivedWholeAfter(was));
        });
    }
}
