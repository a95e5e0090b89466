package org.nvmftarget.data.rdma;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel takes a backlog that is larger than its own limit for that limit, and does not say so. */
final class Backlog {
    private Backlog() {}

    static final Path LIMIT = Path.of("/proc/sys/net/rdma_ucm/max_backlog");

    private static final int MAX_DIGITS = 10;

    /**
     * Whether the kernel honours {@code acceptor_backlog} as it stands.
     *
     * @param limit a file as {@link #LIMIT}; without it nothing is known, and nothing is refused
     */
    static void check(int backlog, Path limit) throws UnfitException {
        int most;
        try (InputStream in = Files.newInputStream(limit)) {
            // In one read: of a number in /proc/sys the kernel gives no second piece.
            byte[] text = new byte[MAX_DIGITS + 1];
            int length = Math.max(in.read(text), 0);
            most = Integer.parseInt(new String(text, 0, length, StandardCharsets.US_ASCII).strip());
        } catch (IOException | NumberFormatException unknown) {
            return;
        }
        if (backlog > most) {
            throw new UnfitException("acceptor_backlog " + backlog
                    + " is more than the kernel takes: net.rdma_ucm.max_backlog is " + most + " (sysctl)");
        }
    }
}
