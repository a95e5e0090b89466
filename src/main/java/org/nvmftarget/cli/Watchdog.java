package org.nvmftarget.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the program deserves to live on: each of its members must answer before the service manager is told that all is
 * well. One that does not answer has the process killed, and started again.
 */
final class Watchdog {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final List<Member> members = new ArrayList<>();

    private static final class Member {
        final String name;
        final Executor thread;
        final BooleanSupplier isExcused;
        volatile boolean answered = true;

        Member(String name, Executor thread, BooleanSupplier isExcused) {
            this.name = name;
            this.thread = thread;
            this.isExcused = isExcused;
        }

        void ask() {
            answered = false;
            try {
                thread.execute(() -> answered = true);
            } catch (RejectedExecutionException ended) {
                LOG.debug("{} has ended", name, ended);
            }
        }
    }

    /**
     * How often systemd wants a sign of life ({@code sd_watchdog_enabled(3)}); empty if it wants none, or none of this
     * process.
     */
    static Optional<Duration> interval(Map<String, String> environment, long pid) {
        String forPid = environment.get("WATCHDOG_PID");
        if (forPid != null && !forPid.equals(Long.toString(pid))) {
            return Optional.empty();
        }
        return Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(text -> text.matches("[1-9][0-9]{0,15}"))
                .map(text -> Duration.ofNanos(Long.parseLong(text) * 1000));
    }

    /**
     * @param thread runs what it is given on the thread in question
     * @param isExcused whether the thread may be silent now, since it is at work that takes long
     */
    void add(String name, Executor thread, BooleanSupplier isExcused) {
        members.add(new Member(name, thread, isExcused));
    }

    /** Whether all members are well: each has answered what it was asked before, or is excused. Asks them anew. */
    boolean isWell() {
        boolean well = true;
        for (Member member : members) {
            if (member.answered) {
                member.ask();
            } else if (!member.isExcused.getAsBoolean()) {
                LOG.error("{} does not answer: the watchdog is not fed", member.name);
                well = false;
            }
        }
        return well;
    }
}
