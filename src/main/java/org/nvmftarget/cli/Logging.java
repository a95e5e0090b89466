package org.nvmftarget.cli;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.DesiredState;

/** Sets up the log on standard error. It holds from the start: before the first logger is made. */
final class Logging {

    private static final String PREFIX = "org.slf4j.simpleLogger.";

    /** The spec's log flags, SPDK's names where it has them, and the parts of this program that they name. */
    private static final Map<String, String> PARTS = Map.of(
            "nvmf", "data.target",
            "nvmf_rdma", "data.rdma",
            "nvmf_tcp", "data.tcp",
            "bdev", "data.bdev",
            "reactor", "data.reactor",
            "rpc", "control.rpc",
            "admit", "control.admit",
            "reconcile", "control.reconcile");

    private Logging() {}

    /** @param option goes before {@code log.level} */
    static void start(@Nullable LogLevel option, DesiredState.Log log) {
        String level = option == null ? log.level() : option.name().toLowerCase(Locale.ROOT);
        set("logFile", "System.err");
        set("showDateTime", "true");
        set("dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        set("showShortLogName", "true");
        set("levelInBrackets", "true");
        set("defaultLogLevel", level);
        for (String flag : log.flags()) {
            String part = PARTS.get(flag);
            if (part != null) {
                set("log.org.nvmftarget." + part, "debug");
            }
        }
    }

    private static void set(String key, String value) {
        System.setProperty(PREFIX + key, value);
    }
}
