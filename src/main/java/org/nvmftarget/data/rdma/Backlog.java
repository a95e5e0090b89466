package org.nvmftarget.data.rdma;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel takes a backlog that is larger than its own limit for that limit, and does not say so. */
final class Backlog {
    private Backlog() {}

    static final Path LIMIT = Path.of("/proc/sys/net/rdma_ucm/max_backlog");

    /**
     * Whether the kernel honours {@code acceptor_backlog} as it stands.
     *
     * @param limit a file as {@link #LIMIT}; without it nothing is known, and nothing is refused
     */
    static void check(int backlog, Path limit) throws UnfitException {
        int most;
        try {
            most = Integer.parseInt(Files.readString(limit).strip());
        } catch (IOException | NumberFormatException unknown) {
            return;
        }
        if (backlog > most) {
            throw new UnfitException("acceptor_backlog " + backlog
                    + " is more than the kernel takes: net.rdma_ucm.max_backlog is " + most + " (sysctl)");
        }
    }
}
