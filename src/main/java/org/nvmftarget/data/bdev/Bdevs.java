package org.nvmftarget.data.bdev;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.StepResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes devices from what the spec says. For control threads. */
public final class Bdevs {

    private static final Logger LOG = LoggerFactory.getLogger(Bdevs.class);

    private final DiskLanes lanes;
    private final LimitLanes limits;
    private final AwaitedDisks awaited = new AwaitedDisks(System::nanoTime);
    private final DiskMemory memory;

    /** @param reactors that will submit */
    public Bdevs(List<Reactor> reactors) {
        this(reactors, DiskMemory.NONE);
    }

    /** @param mayUseUring false to read and write disks by threads, as where the system forbids io_uring */
    public Bdevs(List<Reactor> reactors, boolean mayUseUring) {
        this(
                reactors,
                new DiskLanes(reactors, mayUseUring ? UringEngine::new : null),
                DiskMemory.NONE,
                System::nanoTime);
    }

    /**
     * @param reactors that will submit
     * @param memory of what disks were before
     */
    public Bdevs(List<Reactor> reactors, DiskMemory memory) {
        this(reactors, new DiskLanes(reactors, UringEngine::new), memory, System::nanoTime);
    }

    Bdevs(List<Reactor> reactors, DiskLanes lanes, DiskMemory memory, LongSupplier clock) {
        this.lanes = lanes;
        this.memory = memory;
        limits = new LimitLanes(reactors, clock);
    }

    /** A device, or why there is none. */
    public sealed interface Opened {
        record Ready(LimitedBdev bdev) implements Opened {}

        record Refused(StepResult why) implements Opened {}
    }

    public Opened open(BdevSpec spec) {
        return switch (spec) {
            case BdevSpec.Malloc malloc -> ready(new MallocBdev(malloc), spec);
            case BdevSpec.Null nothing -> ready(new NullBdev(nothing), spec);
            case BdevSpec.File _, BdevSpec.Device _ -> openDisk(spec);
            case BdevSpec.Delay _, BdevSpec.Failing _ ->
                throw new IllegalArgumentException("bdev " + spec.name() + " is made of another");
        };
    }

    /** A device that is made of {@code base}, which is open, and stays so longer. */
    public LimitedBdev over(BdevSpec spec, Bdev base) {
        Bdev device = switch (spec) {
            case BdevSpec.Delay delay -> new DelayBdev(delay, base, limits.reactors());
            case BdevSpec.Failing error -> new ErrorBdev(error, base, limits.reactors());
            case BdevSpec.Malloc _, BdevSpec.Null _, BdevSpec.File _, BdevSpec.Device _ ->
                throw new IllegalArgumentException("bdev " + spec.name() + " is made of no other");
        };
        LimitedBdev bdev = limited(device);
        bdev.limit(spec.limits());
        return bdev;
    }

    private Opened ready(Bdev device, BdevSpec spec) {
        LimitedBdev bdev = limited(device);
        bdev.limit(spec.limits());
        return new Opened.Ready(bdev);
    }

    /** {@code device}, which may get limits. */
    public LimitedBdev limited(Bdev device) {
        return new LimitedBdev(device, limits);
    }

    private Opened openDisk(BdevSpec spec) {
        lanes.ensureOpen();
        Optional<BdevSpec> before = memory.recall(spec);
        return switch (DiskOpener.open(spec, lanes, before.isEmpty())) {
            case DiskOpener.Result.Refused refused -> {
                if (!(refused.why() instanceof StepResult.Waiting waiting)) {
                    yield new Opened.Refused(refused.why());
                }
                if (before.isPresent()) {
                    LOG.warn("bdev {} is missing: {}", spec.name(), waiting.message());
                    yield served(DiskBdev.away(before.get(), waiting.message(), lanes), spec);
                }
                awaited.await(spec);
                yield new Opened.Refused(waiting);
            }
            case DiskOpener.Result.Opened opened -> {
                lanes.attach(opened.disk());
                memory.remember(opened.spec());
                yield served(new DiskBdev(opened.spec(), opened.disk(), lanes), spec);
            }
        };
    }

    private Opened served(DiskBdev bdev, BdevSpec spec) {
        bdev.examine();
        lanes.remember(bdev);
        return ready(bdev, spec);
    }

    /** A device of ours has another size, which shall be known if it is missing after a start. */
    public void resized(Bdev bdev) {
        if (!bdev.spec().path().isEmpty()) {
            memory.remember(bdev.spec());
        }
    }

    /** A device of ours is no longer wanted. */
    public void forget(BdevSpec spec) {
        if (!spec.path().isEmpty()) {
            memory.forget(spec);
        }
    }

    /**
     * What keeps {@link #open} from it now, found without a change. What we hold ourselves may be free by then, and what
     * was there before is served even if it is missing.
     */
    public Optional<StepResult.Waiting> probe(BdevSpec spec) {
        if (spec.path().isEmpty()
                || holder(spec).isPresent()
                || memory.recall(spec).isPresent()) {
            return Optional.empty();
        }
        Optional<StepResult.Waiting> found = DiskOpener.probe(spec);
        if (found.isPresent()) {
            awaited.await(spec);
        }
        return found;
    }

    /** Whether something that kept {@link #open} or {@link #probe} waiting is there since. */
    public boolean hasCome() {
        return awaited.hasCome();
    }

    /** The name of the device that has the file or block device of {@code spec} open. */
    public Optional<String> holder(BdevSpec spec) {
        if (FileStatus.of(DiskOpener.node(spec)) instanceof FileStatus.Result.Found found) {
            for (DiskBdev bdev : lanes.disks()) {
                if (bdev.isOn(found.status())) {
                    return Optional.of(bdev.spec().name());
                }
            }
        }
        return Optional.empty();
    }

    /**
     * What became of a device by itself.
     *
     * @param sizeBytes that it has, where that is another one than it had; else 0
     */
    public record News(Bdev bdev, long sizeBytes) {}

    /** Looks at every file and block device: what went away, or came back, or has another size. */
    public List<News> inspect() {
        List<News> news = new ArrayList<>();
        for (DiskBdev bdev : lanes.disks()) {
            DiskBdev.Finding finding = bdev.inspect();
            bdev.examine();
            switch (finding) {
                case NOTHING -> {}
                case WENT -> LOG.warn("bdev {} is away: {}", bdev.spec().name(), bdev.trouble());
                case CAME_BACK -> LOG.info("bdev {} is back", bdev.spec().name());
                case RESIZED ->
                    LOG.info("bdev {} has another size now", bdev.spec().name());
            }
            if (finding != DiskBdev.Finding.NOTHING) {
                news.add(new News(bdev, finding == DiskBdev.Finding.RESIZED ? bdev.currentBytes() : 0));
            }
        }
        return news;
    }

    /** Where what is inspected and waited for is, or should be. */
    public Set<String> paths() {
        Set<String> all = awaited.paths();
        lanes.disks().forEach(bdev -> all.add(bdev.spec().path()));
        return all;
    }

    /** Whether there is anything to {@link #inspect}, or to wait for. */
    public boolean hasDisks() {
        return !lanes.disks().isEmpty() || !awaited.isEmpty();
    }

    /** {@code listener} is called, on any thread, when some device should be inspected soon; it does not block. */
    public void onSuspicion(Runnable listener) {
        lanes.onSuspicion(listener);
    }

    /** How many times a device of ours was lost. On any thread. */
    public long losses() {
        return lanes.losses();
    }

    /** What is to be known of the files and block devices that are open, by name. */
    public SortedMap<String, LiveState.Disk> disks() {
        SortedMap<String, LiveState.Disk> all = new TreeMap<>();
        for (DiskBdev bdev : lanes.disks()) {
            all.put(bdev.spec().name(), bdev.live(lanes.engine()));
        }
        return all;
    }

    /** All devices are closed. */
    public void close() {
        limits.close();
        lanes.close();
    }
}
