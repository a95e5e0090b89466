package org.nvmftarget.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.rpc.LogView;
import org.nvmftarget.model.DesiredState;

/**
 * The log on standard error: SLF4J on the JDK's own logging, whose levels may change at any time. Until it is told, it
 * shows {@code info}.
 */
final class Logging {

    private static final String BASE = "org.nvmftarget.";

    /**
     * The spec's log flags, SPDK's names where it has them, and the loggers of the parts of this program that they name,
     * held here since the JDK forgets a logger that nobody holds.
     */
    private static final Map<String, Logger> PARTS = Map.of(
                    "nvmf", "data.target",
                    "nvmf_rdma", "data.rdma",
                    "nvmf_tcp", "data.tcp",
                    "bdev", "data.bdev",
                    "reactor", "data.reactor",
                    "rpc", "control.rpc",
                    "admit", "control.admit",
                    "reconcile", "control.reconcile")
            .entrySet()
            .stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, part -> Logger.getLogger(BASE + part.getValue())));

    /** The spec's levels. */
    private static final Map<String, Level> LEVELS = Map.of(
            "error", Level.SEVERE,
            "warn", Level.WARNING,
            "info", Level.INFO,
            "debug", Level.FINE,
            "trace", Level.FINEST);

    private static final Logger ROOT = Logger.getLogger("");

    private static volatile DesiredState.Log shown = DesiredState.Log.DEFAULTS;
    private static volatile @Nullable LogLevel option;

    private Logging() {}

    /** One line for each record, from now on. */
    static void install() {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        Handler handler = new ConsoleHandler();
        handler.setLevel(Level.ALL);
        handler.setFormatter(new LogLine());
        ROOT.addHandler(handler);
    }

    /** @param commandLine goes before {@code log.level}, now and later */
    static void start(@Nullable LogLevel commandLine, DesiredState.Log log) {
        option = commandLine;
        show(log);
    }

    /** Shows what a spec says, from now on. A flag makes its part log at debug; a level that shows more does so everywhere. */
    static synchronized void show(DesiredState.Log log) {
        LogLevel before = option;
        String name = before == null ? log.level() : before.name().toLowerCase(Locale.ROOT);
        shown = new DesiredState.Log(name, log.flags());
        Level level = LEVELS.getOrDefault(name, Level.INFO);
        ROOT.setLevel(level);
        Level ofFlagged = level.intValue() > Level.FINE.intValue() ? Level.FINE : level;
        PARTS.forEach((flag, logger) -> logger.setLevel(log.flags().contains(flag) ? ofFlagged : null));
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
                return PARTS.keySet().stream()
                        .collect(Collectors.toMap(Function.identity(), set::contains, (a, b) -> a, TreeMap::new));
            }
        };
    }
}
