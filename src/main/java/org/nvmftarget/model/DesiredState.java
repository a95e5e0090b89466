package org.nvmftarget.model;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A whole valid spec, every default filled in and every identity resolved. */
public record DesiredState(TargetConfig target, Reconcile reconcile, Log log, Rpc rpc) {

    /**
     * {@code reconcile:} of the spec.
     *
     * @param maxDeletionsPercent how much of the accepted subsystems and namespaces a candidate may remove unasked, 0 to 100
     * @param onActive what becomes of a candidate that takes away what a host uses
     */
    public record Reconcile(
            Duration resync, Duration pauseTimeout, Duration settle, int maxDeletionsPercent, OnActive onActive) {
        public static final Reconcile DEFAULTS = new Reconcile(
                Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(2), 25, OnActive.REFUSE);
    }

    /** What becomes of a candidate that takes away what a connected host has written to, or what is reserved. */
    public enum OnActive {
        /** It needs consent. */
        REFUSE,
        /** It is admitted like any other. */
        PROCEED;

        /** The spelling of the spec file. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
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
