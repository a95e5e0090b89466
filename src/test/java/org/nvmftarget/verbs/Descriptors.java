package org.nvmftarget.verbs;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** File descriptors of channels: numbers that no real one has. */
final class Descriptors {

    private static final int FIRST = 1_000_000;

    private final Map<Integer, Descriptor> open = new HashMap<>();
    private int next = FIRST;

    /** One that {@link SimReactor} can watch. */
    static final class Descriptor {
        final int number;
        private boolean readable;

        @Nullable
        SimReactor watcher;

        Descriptor(int number) {
            this.number = number;
        }

        boolean isReadable() {
            return readable;
        }

        void readable(boolean now) {
            readable = now;
            if (now && watcher != null) {
                watcher.wake();
            }
        }
    }

    Descriptor open() {
        Descriptor made = new Descriptor(next++);
        open.put(made.number, made);
        return made;
    }

    @Nullable
    Descriptor find(int number) {
        return open.get(number);
    }

    static boolean isOurs(int number) {
        return number >= FIRST;
    }

    void close(World world, Descriptor descriptor) {
        if (descriptor.watcher != null) {
            throw world.violation("descriptor " + descriptor.number + " is closed while it is watched");
        }
        open.remove(descriptor.number);
    }
}
