package org.nvmftarget.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where socket and state are when nothing is said.
 *
 * @param spdkLink where {@code rpc.py} looks by default; for root alone
 */
record Places(Path rpcSocket, Path stateDir, Optional<Path> spdkLink) {

    private static final Path SPDK_SOCKET = Path.of("/var/tmp/spdk.sock");

    /** Of the user who runs this process. */
    static Places ofThisProcess() {
        return of(System.getenv(), UserId.ofThisProcess(), Path.of(System.getProperty("user.home", "/")));
    }

    static Places of(Map<String, String> environment, long uid, Path home) {
        if (uid == 0) {
            return new Places(
                    Path.of("/run/nvmf-target/rpc.sock"), Path.of("/var/lib/nvmf-target"), Optional.of(SPDK_SOCKET));
        }
        Path run = folder(environment, "XDG_RUNTIME_DIR")
                .map(folder -> folder.resolve("nvmf-target"))
                .orElse(Path.of("/tmp/nvmf-target-" + uid));
        Path state = folder(environment, "XDG_STATE_HOME").orElse(home.resolve(".local/state"));
        return new Places(run.resolve("rpc.sock"), state.resolve("nvmf-target"), Optional.empty());
    }

    /** XDG's rule: a path that is not absolute does not count. */
    private static Optional<Path> folder(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> value.startsWith("/"))
                .map(Path::of);
    }
}
