package org.nvmftarget.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command finds the daemon; for {@code run}, where it will be found. */
final class DaemonOptions {

    @Option(
            names = "--rpc-socket",
            paramLabel = "PATH",
            description = "the daemon's UNIX socket (root: /run/nvmf-target/rpc.sock)")
    private @Nullable Path rpcSocket;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "the daemon's state folder (root: /var/lib/nvmf-target)")
    private @Nullable Path stateDir;

    private final Places places = Places.ofThisProcess();

    Path rpcSocket() {
        return (rpcSocket == null ? places.rpcSocket() : rpcSocket).toAbsolutePath();
    }

    Path stateDir() {
        return (stateDir == null ? places.stateDir() : stateDir).toAbsolutePath();
    }

    /** The link for {@code rpc.py}, which goes with root's own socket alone. */
    Optional<Path> spdkLink() {
        return rpcSocket == null ? places.spdkLink() : Optional.empty();
    }

    /** Makes the socket's default folder, which in {@code /tmp} must be nobody else's. */
    void makeFolders() {
        if (rpcSocket == null && places.rpcSocket().startsWith("/tmp")) {
            PrivateFolder.make(Objects.requireNonNull(places.rpcSocket().getParent(), "folder"));
        }
    }

    RpcClient client() {
        return new RpcClient(rpcSocket());
    }
}
