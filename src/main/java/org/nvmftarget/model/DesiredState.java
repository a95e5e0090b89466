package org.nvmftarget.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A whole valid spec, every default filled in and every identity resolved. */
public record DesiredState(TargetConfig target, Reconcile reconcile, Log log, Rpc rpc) {

    /** {@code reconcile:} of the spec. */
    public record Reconcile(Duration resync, Duration pauseTimeout, Duration settle) {
        public static final Reconcile DEFAULTS =
                new Reconcile(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(2));
    }

    /**
     * {@code log:} of the spec.
     *
     * @param level one of {@code error warn info debug trace}
     */
    public record Log(String level, List<String> flags) {
        public static final Log DEFAULTS = new Log("info", List.of());

        public Log {
            flags = List.copyOf(flags);
        }
    }

    /**
     * {@code rpc:} of the spec.
     *
     * @param mode permission bits of the socket, as in {@code 0660}
     */
    public record Rpc(Optional<String> group, int mode) {
        public static final Rpc DEFAULTS = new Rpc(Optional.empty(), 0600);
    }
}
