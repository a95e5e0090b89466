package org.nvmftarget.data.bdev;

import org.nvmftarget.model.BdevSpec;

/** Makes devices from what the spec says. */
public final class Bdevs {
    private Bdevs() {}

    /** @param reactors how many reactors will submit */
    public static Bdev open(BdevSpec spec, int reactors) {
        return switch (spec) {
            case BdevSpec.Malloc malloc -> new MallocBdev(malloc, reactors);
            case BdevSpec.Null nothing -> new NullBdev(nothing, reactors);
        };
    }
}
