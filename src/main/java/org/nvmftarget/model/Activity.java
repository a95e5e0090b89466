package org.nvmftarget.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What devices have done since the program's start, and what became of them. All times are nanoseconds.
 *
 * @param nowNs the monotonic time at which this was taken
 * @param bdevs counters by the device's name
 * @param events the last events of devices, oldest first
 */
public record Activity(long nowNs, SortedMap<String, Bdev> bdevs, List<Event> events) {

    /** Of a target that counts nothing. */
    public static final Activity NONE = new Activity(0, new TreeMap<>(), List.of());

    public Activity {
        bdevs = Sorted.copy(bdevs);
        events = List.copyOf(events);
    }

    /**
     * A block device.
     *
     * @param channels what each reactor has done with it, in the order of {@link EventLoops#reactors}
     */
    public record Bdev(List<Channel> channels) {
        public Bdev {
            channels = List.copyOf(channels);
        }

        /** All channels together. */
        public Channel total() {
            return channels.stream().reduce(Channel.NONE, Channel::plus);
        }
    }

    /**
     * What one reactor has done with one device.
     *
     * @param done operations that went well, of the kinds that there were
     * @param errors operations that did not, by how they ended, such as {@code io_error}; only those that there were
     * @param queueDepth operations that have been submitted and have not ended, also those that wait for a limit
     */
    public record Channel(Map<IoKind, Io> done, SortedMap<String, Long> errors, long queueDepth) {

        /** The error that says that data differed. */
        private static final String MISCOMPARE = "miscompare";

        public static final Channel NONE = new Channel(Map.of(), Collections.emptySortedMap(), 0);

        public Channel {
            done = done.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(done));
            errors = errors.isEmpty() ? Collections.emptySortedMap() : Sorted.copy(errors);
        }

        Channel plus(Channel other) {
            if (!isUsed() || !other.isUsed()) {
                return isUsed() ? this : other;
            }
            Map<IoKind, Io> allDone = new EnumMap<>(IoKind.class);
            allDone.putAll(done);
            other.done.forEach((kind, io) -> allDone.merge(kind, io, Io::plus));
            SortedMap<String, Long> allErrors = new TreeMap<>(errors);
            other.errors.forEach((error, count) -> allErrors.merge(error, count, Long::sum));
            return new Channel(allDone, allErrors, queueDepth + other.queueDepth);
        }

        public Io of(IoKind kind) {
            return done.getOrDefault(kind, Io.NONE);
        }

        public Io reads() {
            return of(IoKind.READ);
        }

        public Io writes() {
            return of(IoKind.WRITE);
        }

        public Io unmaps() {
            return of(IoKind.UNMAP);
        }

        public Io copies() {
            return of(IoKind.COPY);
        }

        /** Operations that ended because data differed. */
        public long miscompares() {
            return errors.getOrDefault(MISCOMPARE, 0L);
        }

        /** Operations that ended in another error. */
        public long failures() {
            return errors.values().stream().mapToLong(Long::longValue).sum() - miscompares();
        }

        /** Whether the reactor has ever used the device. */
        public boolean isUsed() {
            return queueDepth != 0 || !done.isEmpty() || !errors.isEmpty();
        }
    }

    /**
     * Operations of one kind that went well.
     *
     * @param latencyNs from submission to completion, summed up over all
     * @param minLatencyNs of the fastest; 0 if there was none
     */
    public record Io(long ops, long bytes, long latencyNs, long maxLatencyNs, long minLatencyNs) {
        public static final Io NONE = new Io(0, 0, 0, 0, 0);

        Io plus(Io other) {
            if (ops == 0 || other.ops == 0) {
                return ops == 0 ? other : this;
            }
            return new Io(
                    ops + other.ops,
                    bytes + other.bytes,
                    latencyNs + other.latencyNs,
                    Math.max(maxLatencyNs, other.maxLatencyNs),
                    Math.min(minLatencyNs, other.minLatencyNs));
        }
    }

    /** What can become of a device. */
    public enum EventType {
        BDEV_REGISTER,
        BDEV_UNREGISTER,
        BDEV_RESIZE
    }

    /**
     * Something became of a device.
     *
     * @param id counts all events from 0
     */
    public record Event(long id, EventType type, String bdev) {}
}
