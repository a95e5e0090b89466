package org.nvmftarget.verbs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock, dice, and everything that happens. Two kinds of events: those of the hardware (devices, wires, hosts) may
 * come while the program is inside a verbs call; turns of the program's threads come one after another. The test itself
 * is the control thread: where it waits, the world goes on.
 */
public final class World {

    private static final int TRACE_LINES = Integer.getInteger("verbs.lines", 400);
    private static final long PATIENCE_NS = 600_000_000_000L;

    /** Who runs. A thread that may block lets others run inside its verbs calls. */
    public static final class Actor {
        private final String name;
        private final boolean mayBlock;

        Actor(String name, boolean mayBlock) {
            this.name = name;
            this.mayBlock = mayBlock;
        }

        public String name() {
            return name;
        }

        boolean mayBlock() {
            return mayBlock;
        }
    }

    /** Something that is to happen. */
    public static final class Event {
        private final long atNs;
        private final long order;
        private final Runnable task;
        private boolean cancelled;

        Event(long atNs, long order, Runnable task) {
            this.atNs = atNs;
            this.order = order;
            this.task = task;
        }

        public void cancel() {
            cancelled = true;
        }
    }

    private static final Comparator<Event> IN_TIME =
            Comparator.<Event>comparingLong(e -> e.atNs).thenComparingLong(e -> e.order);
    private static final Actor CONTROL = new Actor("control", true);
    private static final Actor HARDWARE = new Actor("hardware", false);

    private final long seed;
    private final Random random;
    private final PriorityQueue<Event> hardware = new PriorityQueue<>(IN_TIME);
    private final PriorityQueue<Event> turns = new PriorityQueue<>(IN_TIME);
    private final Deque<String> trace = new ArrayDeque<>();
    private final List<String> violations = new ArrayList<>();
    private final Ledger ledger = new Ledger(this);
    private final Faults faults = new Faults();
    private final Dma dma = new Dma(this);
    private final Descriptors descriptors = new Descriptors();
    private Actor current = CONTROL;
    private long nowNs = 1_000_000_000L;
    private long events;
    private long traceHash;

    public World(long seed) {
        this.seed = seed;
        random = new Random(seed);
    }

    public long seed() {
        return seed;
    }

    public long nowNs() {
        return nowNs;
    }

    /** How many events there were. */
    public long events() {
        return events;
    }

    /** Of two runs with the same, the same happened. */
    public long traceHash() {
        return traceHash;
    }

    public Faults faults() {
        return faults;
    }

    public Ledger ledger() {
        return ledger;
    }

    Dma dma() {
        return dma;
    }

    Descriptors descriptors() {
        return descriptors;
    }

    public Actor current() {
        return current;
    }

    // --- dice ------------------------------------------------------------------------------------------------------

    /** A number from {@code least} to {@code most}. */
    public long between(long least, long most) {
        return least + (long) (random.nextDouble() * (most - least + 1));
    }

    /** True once in {@code n}. */
    public boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    int key() {
        return random.nextInt();
    }

    // --- events ----------------------------------------------------------------------------------------------------

    /** Something that devices, wires or hosts do, in {@code delayNs}. */
    public Event hardware(long delayNs, Runnable task) {
        return add(hardware, delayNs, task);
    }

    /** One turn of a thread of the program, in {@code delayNs}. */
    Event turn(long delayNs, Runnable task) {
        return add(turns, delayNs, task);
    }

    private Event add(PriorityQueue<Event> queue, long delayNs, Runnable task) {
        Event event = new Event(nowNs + Math.max(0, delayNs), events++, task);
        queue.add(event);
        return event;
    }

    /** The next event, of either kind. False if there is none. */
    boolean step() {
        Event first = hardware.peek();
        Event turn = turns.peek();
        if (first == null && turn == null) {
            return false;
        }
        if (first == null || (turn != null && IN_TIME.compare(turn, first) < 0)) {
            run(turns.remove());
        } else {
            runHardware();
        }
        return true;
    }

    private void runHardware() {
        as(HARDWARE, () -> run(hardware.remove()));
    }

    private void run(Event event) {
        if (!event.cancelled) {
            nowNs = Math.max(nowNs, event.atNs);
            event.task.run();
        }
    }

    /** Runs {@code task} as if on the thread of {@code actor}. */
    void as(Actor actor, Runnable task) {
        Actor before = current;
        current = actor;
        try {
            task.run();
        } finally {
            current = before;
        }
    }

    /**
     * The program is in a verbs call: the hardware goes on meanwhile, and so do other threads where the caller may
     * block.
     */
    void meanwhile() {
        if (current == HARDWARE || !oneIn(3)) {
            return;
        }
        long soonNs = nowNs + between(0, 3000);
        int most = 8;
        while (most-- > 0 && hardware.peek() != null && hardware.peek().atNs <= soonNs) {
            runHardware();
        }
        if (current.mayBlock()) {
            long untilNs = nowNs + between(0, 200_000);
            for (long n = between(0, 4); n > 0 && nextAtNs() <= untilNs; n--) {
                step();
            }
        }
    }

    /** Lets the world go on until {@code condition} holds; false if {@code timeoutNs} is over first. */
    public boolean runUntil(BooleanSupplier condition, long timeoutNs) {
        long patienceNs = Math.min(timeoutNs, PATIENCE_NS);
        long deadlineNs = nowNs + patienceNs;
        boolean going = true;
        while (!condition.getAsBoolean()) {
            going = going && nextAtNs() <= deadlineNs;
            if (!going) {
                nowNs = Math.max(nowNs, deadlineNs);
                if (timeoutNs > PATIENCE_NS) {
                    throw violation(current.name() + " waits for ever");
                }
                return false;
            }
            going = step();
        }
        return true;
    }

    /** Lets {@code ns} go by. */
    public void pass(long ns) {
        boolean _ = runUntil(() -> false, ns);
    }

    private long nextAtNs() {
        long at = Long.MAX_VALUE;
        if (!hardware.isEmpty()) {
            at = hardware.peek().atNs;
        }
        return turns.isEmpty() ? at : Math.min(at, turns.peek().atNs);
    }

    // --- findings --------------------------------------------------------------------------------------------------

    /** The program did what it must not: remembered, and to be thrown. */
    public AssertionError violation(String what) {
        String text = what + " (at " + nowNs + " ns, seed " + seed + ")";
        violations.add(text);
        note("violation", what.hashCode(), () -> text);
        return new AssertionError(text);
    }

    public List<String> violations() {
        return violations;
    }

    /** Something worth a line in the trace. */
    void note(String what, long number, @Nullable Supplier<String> detail) {
        traceHash = (traceHash * 31 + what.hashCode()) * 31 + number;
        traceHash = traceHash * 31 + nowNs;
        if (Boolean.getBoolean("verbs.trace")) {
            trace.add(nowNs + " " + current.name() + ": " + what + " " + (detail == null ? number : detail.get()));
            if (trace.size() > TRACE_LINES) {
                trace.remove();
            }
        }
    }

    void note(String what, long number) {
        note(what, number, null);
    }

    /** The last that happened; kept with {@code -Dverbs.trace=true}. */
    public String trace() {
        return String.join("\n", trace);
    }
}
