package org.nvmftarget.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The numeric user id, which {@code user.name} does not tell. */
final class UserId {
    private UserId() {}

    static long ofThisProcess() {
        try {
            return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
        } catch (IOException e) {
            throw new UncheckedIOException("/proc is not there", e);
        }
    }
}
