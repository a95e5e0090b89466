package org.nvmftarget.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** A line of the log: time, thread, level and class. */
final class LogLine extends Formatter {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");

    /** On the thread that logs. */
    @Override
    public String format(LogRecord record) {
        StringWriter text = new StringWriter();
        PrintWriter line = new PrintWriter(text);
        String logger = String.valueOf(record.getLoggerName());
        line.append(TIME.format(record.getInstant().atZone(ZoneId.systemDefault())))
                .append(" [")
                .append(Thread.currentThread().getName())
                .append("] [")
                .append(level(record.getLevel()))
                .append("] ")
                .append(logger.substring(logger.lastIndexOf('.') + 1))
                .append(" - ")
                .println(record.getMessage());
        Throwable cause = record.getThrown();
        if (cause != null) {
            cause.printStackTrace(line);
        }
        return text.toString();
    }

    /** In the spec's words. */
    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "WARN";
        }
        if (level.intValue() >= Level.INFO.intValue()) {
            return "INFO";
        }
        return level.intValue() >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }
}
