package org.nvmftarget.data.target;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.bdev.Bdevs;
import org.nvmftarget.data.bdev.LimitedBdev;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;

/** The target's block devices and which namespace each belongs to. For control threads. */
final class BdevRegistry {

    private final Bdevs maker;
    private final Map<String, LimitedBdev> bdevs = new HashMap<>();
    /** Who has a device: a namespace, or another device that is made of it. */
    private final Map<String, ObjectRef> claims = new HashMap<>();

    private final BdevEvents events = new BdevEvents();
    /** Null after a change: of thousands of devices that are made one by one none has to be listed in between. */
    private @Nullable SortedMap<String, BdevSpec> specs;

    BdevRegistry(Bdevs maker) {
        this.maker = maker;
    }

    /** What keeps a device from being made. */
    Optional<StepResult.Waiting> probe(BdevSpec spec) {
        return maker.probe(spec);
    }

    /** What keeps a device from getting another size: it is away. */
    Optional<StepResult.Waiting> probe(Step.ResizeBdev step) {
        LiveState.Disk disk = maker.disks().get(step.name());
        return disk == null
                ? Optional.empty()
                : disk.trouble().map(trouble -> new StepResult.Waiting("ENODEV", trouble));
    }

    synchronized StepResult create(BdevSpec spec) {
        if (bdevs.containsKey(spec.name())) {
            return new StepResult.Failed("there is a bdev " + spec.name() + " already");
        }
        if (!spec.base().isEmpty()) {
            return createOver(spec);
        }
        Optional<String> holder = spec.path().isEmpty() ? Optional.empty() : maker.holder(spec);
        if (holder.isPresent()) {
            return new StepResult.Failed(spec.path() + " is in use by bdev " + holder.get());
        }
        return switch (maker.open(spec)) {
            case Bdevs.Opened.Refused refused -> refused.why();
            case Bdevs.Opened.Ready ready -> {
                created(ready.bdev(), spec);
                yield StepResult.DONE;
            }
        };
    }

    private void created(LimitedBdev bdev, BdevSpec spec) {
        bdevs.put(spec.name(), bdev);
        specs = null;
        events.add(Activity.EventType.BDEV_REGISTER, spec.name());
    }

    private StepResult createOver(BdevSpec spec) {
        LimitedBdev base = bdevs.get(spec.base());
        if (base == null || claims.containsKey(spec.base())) {
            return refusal(spec.base());
        }
        claims.put(spec.base(), new ObjectRef.Bdev(spec.name()));
        created(maker.over(spec, base), spec);
        return StepResult.DONE;
    }

    /** For tests: a device of another make. */
    synchronized void add(Bdev bdev) {
        bdevs.put(bdev.spec().name(), maker.limited(bdev));
        specs = null;
    }

    synchronized StepResult setLimits(String name, BdevLimits limits) {
        LimitedBdev bdev = bdevs.get(name);
        if (bdev == null) {
            return missing(name);
        }
        bdev.limit(limits);
        specs = null;
        return StepResult.DONE;
    }

    synchronized StepResult remove(String name) {
        Bdev bdev = bdevs.get(name);
        if (bdev == null) {
            return missing(name);
        }
        ObjectRef claim = claims.get(name);
        if (claim != null) {
            return new StepResult.Failed("bdev " + name + " belongs to " + claim);
        }
        bdevs.remove(name);
        claims.remove(bdev.spec().base());
        specs = null;
        bdev.close();
        maker.forget(bdev.spec());
        events.add(Activity.EventType.BDEV_UNREGISTER, name);
        return StepResult.DONE;
    }

    /** The device, now of {@code namespace}; null if there is none of this name or it belongs to another. */
    synchronized @Nullable LimitedBdev claim(String name, ObjectRef.Namespace namespace) {
        LimitedBdev bdev = bdevs.get(name);
        if (bdev == null || claims.containsKey(name)) {
            return null;
        }
        claims.put(name, namespace);
        return bdev;
    }

    /** Why {@link #claim} gave none. */
    synchronized StepResult refusal(String name) {
        ObjectRef claim = claims.get(name);
        return claim == null ? missing(name) : new StepResult.Failed("bdev " + name + " belongs to " + claim);
    }

    /** No reactor works on the device any more. */
    synchronized void release(String name) {
        claims.remove(name);
    }

    synchronized Optional<Bdev> find(String name) {
        return Optional.ofNullable(bdevs.get(name));
    }

    /** The namespace whose blocks the device has, perhaps through others that are made of it. */
    synchronized Optional<ObjectRef.Namespace> namespaceOn(String name) {
        return switch (claims.get(name)) {
            case ObjectRef.Namespace namespace -> Optional.of(namespace);
            case ObjectRef.Bdev above -> namespaceOn(above.name());
            case null, default -> Optional.empty();
        };
    }

    synchronized StepResult resize(Bdev bdev, long sizeBytes) {
        StepResult result = bdev.resize(sizeBytes);
        if (result instanceof StepResult.Done) {
            specs = null;
            maker.resized(bdev);
            resized(bdev.spec().name());
        }
        return result;
    }

    /** What is made of it has another size, too. */
    private void resized(String name) {
        events.add(Activity.EventType.BDEV_RESIZE, name);
        if (claims.get(name) instanceof ObjectRef.Bdev above) {
            resized(above.name());
        }
    }

    synchronized StepResult setLatencies(Step.SetBdevLatencies step) {
        LimitedBdev bdev = bdevs.get(step.name());
        return altered(step.name(), bdev != null && bdev.delay(step.latencies()), "delay");
    }

    synchronized StepResult setErrors(Step.SetBdevErrors step) {
        LimitedBdev bdev = bdevs.get(step.name());
        return altered(step.name(), bdev != null && bdev.fail(step.errors()), "error");
    }

    private StepResult altered(String name, boolean done, String type) {
        specs = null;
        return done ? StepResult.DONE : new StepResult.Failed("there is no bdev " + name + " of type " + type);
    }

    /** How many times a device was lost; on any thread. */
    long losses() {
        return maker.losses();
    }

    SortedMap<String, LiveState.Disk> disks() {
        return maker.disks();
    }

    synchronized void closeAll() {
        bdevs.values().forEach(Bdev::close);
        bdevs.clear();
        claims.clear();
        specs = null;
        maker.close();
    }

    synchronized SortedMap<String, BdevSpec> specs() {
        SortedMap<String, BdevSpec> listed = specs;
        if (listed == null) {
            SortedMap<String, BdevSpec> next = new TreeMap<>();
            bdevs.forEach((name, bdev) -> next.put(name, bdev.spec()));
            listed = Collections.unmodifiableSortedMap(next);
            specs = listed;
        }
        return listed;
    }

    /** What was done with each device. */
    synchronized SortedMap<String, Activity.Bdev> activity() {
        SortedMap<String, Activity.Bdev> all = new TreeMap<>();
        bdevs.forEach((name, bdev) -> all.put(name, bdev.stats().activity()));
        return all;
    }

    synchronized Optional<IoLatencies> latencies(String name) {
        return Optional.ofNullable(bdevs.get(name)).map(bdev -> bdev.stats().latencies());
    }

    List<Activity.Event> events() {
        return events.list();
    }

    static StepResult missing(String name) {
        return new StepResult.Failed("there is no bdev " + name);
    }
}
