package org.nvmftarget.data.reactor;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An event loop on a thread of its own. In one turn it runs messages, pollers, ready descriptors and due timers, in
 * that order of urgency; with nothing to do it sleeps until something of these comes. All methods but {@link #execute},
 * {@link #name} and {@link #inReactor} are for the reactor's own thread.
 */
public interface Reactor {

    String name();

    /** Whether the caller is this reactor's thread. */
    boolean inReactor();

    /** Runs {@code message} on this reactor in one of the next turns; from any thread, in order for each sender. */
    void execute(Runnable message);

    /** The monotonic time at which the current turn began, in nanoseconds. */
    long nowNs();

    /** Runs {@code task} once, in {@code delayNs} or a little later; ready descriptors are served before due timers. */
    Timer schedule(long delayNs, Runnable task);

    /** Adds work to look for in every turn. */
    void addPoller(Poller poller);

    void removePoller(Poller poller);

    /**
     * Calls {@code handler} whenever {@code fd} is ready (level-triggered).
     *
     * @param events a mask of {@link #READABLE} and {@link #WRITABLE}; errors and hang-ups are always told
     */
    void watch(int fd, int events, FdHandler handler);

    /** Changes the mask of a watched descriptor. */
    void rewatch(int fd, int events);

    /** No call for {@code fd} comes after this, not even one that is ready in the current turn. */
    void unwatch(int fd);

    /**
     * The reactor sleeps by {@code sleeper} from now on, null for by itself again; false if it does by another already,
     * or never does.
     */
    default boolean sleepBy(@Nullable Sleeper sleeper) {
        return false;
    }

    /** Where the data of I/O on this reactor are. */
    DataMemory dataMemory();

    /** How it has spent its time; from any thread. One whose turns are no thread's has nothing to tell. */
    default Times times() {
        return Times.NONE;
    }

    /** EPOLLIN. */
    int READABLE = 0x1;

    /** EPOLLOUT. */
    int WRITABLE = 0x4;

    /** EPOLLERR. */
    int ERROR = 0x8;

    /** EPOLLHUP. */
    int HANGUP = 0x10;

    /**
     * How a reactor has spent its time since it began.
     *
     * @param cpu the CPU that its thread is bound to
     * @param tid the kernel's number of its thread
     * @param busyNs in turns that found work
     * @param idleNs asleep, or looking for work in vain
     * @param busyTurns turns that found work
     */
    record Times(OptionalInt cpu, long tid, long busyNs, long idleNs, long turns, long busyTurns) {
        public static final Times NONE = new Times(OptionalInt.empty(), 0, 0, 0, 0, 0);
    }

    /** A task that waits for its time. */
    interface Timer {
        /** The task will not run, if it has not begun. Idempotent. */
        void cancel();
    }

    /** Is told that a descriptor is ready. */
    @FunctionalInterface
    interface FdHandler {
        /** @param events what is ready, a mask as {@link #READABLE} and its fellows */
        void ready(int events);
    }

    /** What wakes by work of its own at less cost than through a descriptor. */
    interface Sleeper {
        /**
         * Sleeps until there is work of its own, {@code descriptor} is readable or {@code timeoutNs} are over, which are
         * endless below zero; maybe less. False if it has not slept, since it has no reason to: then the reactor does.
         */
        boolean sleep(int descriptor, long timeoutNs);

        /** Whether work of its own is under way. */
        boolean isBusy();

        /** Whether it would see, awake or asleep, that the descriptor that it was given is readable. */
        boolean awaitsDescriptor();

        /** Whether it has seen that since this was asked last. */
        boolean sawDescriptor();
    }

    /** Work that shows itself only when looked for, such as a completion queue. */
    interface Poller {
        /** Does what there is to do, in a bounded batch; returns how many things it did. */
        int poll();

        /**
         * The reactor is about to sleep: arrange that a watched descriptor wakes it. Returns false if there may be
         * work already, so that it polls once more instead of sleeping.
         */
        boolean arm();
    }
}
