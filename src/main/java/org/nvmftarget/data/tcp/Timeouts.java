package org.nvmftarget.data.tcp;

import java.time.Duration;

/**
 * How long a connection may stand still.
 *
 * @param connect from accept until the host's Connect command has succeeded
 * @param drain for the last responses of a connection that is being ended
 * @param linger for the host to close its side after we closed ours
 */
public record Timeouts(Duration connect, Duration drain, Duration linger) {

    public static final Timeouts DEFAULTS =
            new Timeouts(Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofSeconds(1));
}
