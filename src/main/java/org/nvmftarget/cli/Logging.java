package org.nvmftarget.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.rpc.LogView;
import org.nvmftarget.model.DesiredState;
import org.slf4j.event.Level;

/** The log on standard error: what it shows may change at any time. Until it is told, it shows {@code info}. */
final class Logging {

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

    private static final String BASE = "org.nvmftarget.";

    private static final Map<String, StandardErrorLogger> LOGGERS = new ConcurrentHashMap<>();

    private static volatile DesiredState.Log shown = DesiredState.Log.DEFAULTS;
    private static volatile @Nullable LogLevel option;

    private Logging() {}

    /** @param commandLine goes before {@code log.level}, now and later */
    static void start(@Nullable LogLevel commandLine, DesiredState.Log log) {
        option = commandLine;
        show(log);
    }

    /** Shows what a spec says, from now on. */
    static synchronized void show(DesiredState.Log log) {
        LogLevel before = option;
        shown = new DesiredState.Log(
                before == null ? log.level() : before.name().toLowerCase(Locale.ROOT), log.flags());
        LOGGERS.forEach((name, logger) -> logger.level(levelOf(name)));
    }

    static StandardErrorLogger logger(String name) {
        StandardErrorLogger logger = LOGGERS.computeIfAbsent(name, n -> new StandardErrorLogger(n, levelOf(n)));
        logger.level(levelOf(name)); // a change may have come between
        return logger;
    }

    static LogView view() {
        return new LogView() {
            @Override
            public String level() {
                return shown.level();
            }

            @Override
            public SortedMap<String, Boolean> flags() {
                List<String> set = shown.flags();
                SortedMap<String, Boolean> all = new TreeMap<>();
                PARTS.keySet().forEach(flag -> all.put(flag, set.contains(flag)));
                return all;
            }
        };
    }

    /** A flag makes its part log at debug; a level that shows more does so everywhere. */
    private static Level levelOf(String logger) {
        DesiredState.Log log = shown;
        Level level = Level.valueOf(log.level().toUpperCase(Locale.ROOT));
        boolean flagged = log.flags().stream()
                .map(flag -> BASE + PARTS.getOrDefault(flag, flag) + ".")
                .anyMatch(logger::startsWith);
        return flagged && level.toInt() > Level.DEBUG.toInt() ? Level.DEBUG : level;
    }
}
