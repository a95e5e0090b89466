package org.nvmftarget.control.rpc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Locks within this test. */
final class FakeLocks implements SocketLock {

    private final Set<Path> taken = new HashSet<>();

    @Override
    public Optional<Closeable> tryLock(Path file) throws IOException {
        if (!taken.add(file)) {
            return Optional.empty();
        }
        Files.writeString(file, "");
        return Optional.of(() -> taken.remove(file));
    }
}
