package org.nvmftarget.cli;

/** {@code --log-level} and {@code log.level}. */
enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
}
