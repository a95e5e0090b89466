package org.nvmftarget.control.admit;

import java.io.IOException;
import java.nio.file.Path;

/** Changes of files that are on the disk when the call returns, and that a crash leaves made or not made. */
interface DurableWrites {

    /** Those of this machine. */
    DurableWrites FILES = new DurableWrites() {
        @Override
        public void replace(Path file, String text) throws IOException {
            DurableFiles.replace(file, text);
        }

        @Override
        public void remove(Path file) throws IOException {
            DurableFiles.remove(file);
        }
    };

    /** Replaces {@code file} by {@code text}. */
    void replace(Path file, String text) throws IOException;

    /** Removes {@code file}, if it is there. */
    void remove(Path file) throws IOException;
}
