package org.nvmftarget.data.bdev;

import java.util.Optional;
import org.nvmftarget.model.BdevSpec;

/**
 * Remembers over the end of the process how large files and block devices were, so that one that is missing after a start
 * is served as what it was, and away. May block; a failure to remember is reported by itself.
 */
public interface DiskMemory {

    /** {@code declared} with the size, and where that is the device's own the block size, that it had last. */
    Optional<BdevSpec> recall(BdevSpec declared);

    /** Keeps what the device is now, for good once this returns. */
    void remember(BdevSpec live);

    /** The device is no longer declared. */
    void forget(BdevSpec live);

    /** Remembers nothing. */
    DiskMemory NONE = new DiskMemory() {
        @Override
        public Optional<BdevSpec> recall(BdevSpec declared) {
            return Optional.empty();
        }

        @Override
        public void remember(BdevSpec live) {
            // a process without a state folder forgets
        }

        @Override
        public void forget(BdevSpec live) {
            // there is nothing to forget
        }
    };
}
