package org.nvmftarget.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger whose level can change at any time. A line has its time, thread, level and class. */
final class StandardErrorLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");

    private final String shortName;
    private volatile Level level;

    StandardErrorLogger(String fullName, Level level) {
        name = fullName;
        shortName = fullName.substring(fullName.lastIndexOf('.') + 1);
        this.level = level;
    }

    void level(Level newLevel) {
        level = newLevel;
    }

    @Override
    public boolean isTraceEnabled() {
        return shows(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return shows(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return shows(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return shows(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return shows(Level.ERROR);
    }

    private boolean shows(Level asked) {
        return asked.toInt() >= level.toInt();
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null; // lines do not say where they come from
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level of,
            @Nullable Marker marker,
            String message,
            @Nullable Object @Nullable [] arguments,
            @Nullable Throwable cause) {
        StringWriter text = new StringWriter();
        PrintWriter line = new PrintWriter(text);
        line.append(TIME.format(ZonedDateTime.now(ZoneId.systemDefault())))
                .append(" [")
                .append(Thread.currentThread().getName())
                .append("] [")
                .append(of.name())
                .append("] ")
                .append(shortName)
                .append(" - ")
                .println(MessageFormatter.basicArrayFormat(message, arguments));
        if (cause != null) {
            cause.printStackTrace(line);
        }
        System.err.print(text); // at once, so that no other line comes in between
    }
}
