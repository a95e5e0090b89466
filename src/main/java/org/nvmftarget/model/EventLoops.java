package org.nvmftarget.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * What threads have done since the program's start. All times are nanoseconds.
 *
 * @param reactors those that serve queues, in the order of {@link LiveState.Stats#pollGroups}
 * @param others event loops that serve no queues: the acceptor
 */
public record EventLoops(List<EventLoop> reactors, List<EventLoop> others) {

    /** Of a target that counts nothing. */
    public static final EventLoops NONE = new EventLoops(List.of(), List.of());

    public EventLoops {
        reactors = List.copyOf(reactors);
        others = List.copyOf(others);
    }

    /**
     * An event loop, which is a thread.
     *
     * @param cpu the CPU that it is bound to
     * @param tid the kernel's number of the thread
     * @param busyNs time spent in turns that found work
     * @param idleNs time spent asleep, or looking for work in vain
     * @param busyTurns turns that found work
     */
    public record EventLoop(
            String name, OptionalInt cpu, long tid, long busyNs, long idleNs, long turns, long busyTurns) {}
}
