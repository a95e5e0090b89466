package org.nvmftarget.verbs;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.CompletionChannel;
import org.nvmftarget.data.ffi.verbs.CompletionQueue;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** An opened device. One that was removed and comes back is another object. */
public final class SoftDevice implements RdmaDevice {

    /** Small ones, so that what depends on them happens. */
    public static final DeviceLimits LIMITS =
            new DeviceLimits(0x02C9, 1L << 40, 1024, 512, 16, 16, 256, 8192, 4096, 64, 16, 16, 64, 8192, 16, true);

    private final World world;
    private final String name;
    private final Flavor flavor;
    private final DeviceLimits limits;
    private final List<InetAddress> addresses;
    private final Descriptors.Descriptor descriptor;
    private final Deque<AsyncEvent> events = new ArrayDeque<>();
    private final Map<Integer, SoftRegion> regions = new HashMap<>();
    private final Map<Integer, SoftQueuePair> queuePairs = new LinkedHashMap<>();
    private final Set<SoftSharedReceiveQueue> shared = new LinkedHashSet<>();
    private final Set<Integer> keys = new TreeSet<>();
    private boolean gone;
    private long nextId = 0x1000;
    private int nextQueuePair = 17;

    SoftDevice(World world, String name, Flavor flavor, DeviceLimits limits, List<InetAddress> addresses) {
        this.world = world;
        this.name = name;
        this.flavor = flavor;
        this.limits = limits;
        this.addresses = List.copyOf(addresses);
        descriptor = world.descriptors().open();
    }

    World world() {
        return world;
    }

    Flavor flavor() {
        return flavor;
    }

    List<InetAddress> addresses() {
        return addresses;
    }

    public boolean isGone() {
        return gone;
    }

    // --- for the objects of this device ----------------------------------------------------------------------------

    /** A call begins that may fail. */
    void enter(Faults.Point point, String operation) throws VerbsException {
        world.meanwhile();
        int errno = world.faults().at(point);
        if (errno == 0 && gone) {
            errno = VerbsException.EIO;
        }
        if (errno != 0) {
            world.note("fails", errno, () -> operation + " of " + name);
            throw new VerbsException(operation, name, errno);
        }
    }

    int newKey() {
        int key = world.key();
        while (key == 0 || !keys.add(key)) {
            key = world.key();
        }
        return key;
    }

    long newId() {
        return nextId += 0x40;
    }

    int newQueuePairNumber() {
        return nextQueuePair++;
    }

    SoftRegion add(SoftRegion region) {
        regions.put(region.lkey(), region);
        region.domain().users++;
        world.ledger().open(Ledger.Kind.REGION, region);
        return region;
    }

    /** Open or not; null if there never was one. */
    @Nullable
    SoftRegion region(int lkey) {
        return regions.get(lkey);
    }

    void add(SoftQueuePair qp) {
        queuePairs.put(qp.number(), qp);
    }

    void remove(SoftQueuePair qp) {
        queuePairs.remove(qp.number());
    }

    void add(SoftSharedReceiveQueue queue) {
        shared.add(queue);
    }

    void remove(SoftSharedReceiveQueue queue) {
        shared.remove(queue);
    }

    /** Receives that its shared queues could hold and that are not posted. */
    public int missingSharedReceives() {
        return shared.stream().mapToInt(q -> q.entries() - q.posted()).sum();
    }

    List<SoftQueuePair> queuePairs() {
        return List.copyOf(queuePairs.values());
    }

    /** Tells the program, a little later. */
    void tell(AsyncEvent.Type type, long element) {
        world.hardware(world.between(100, 200_000), () -> {
            events.add(new AsyncEvent(type, element));
            descriptor.readable(true);
        });
    }

    /** It is removed: calls fail, and its queue pairs are dead. */
    void vanish() {
        gone = true;
        tell(AsyncEvent.Type.DEVICE_FATAL, 0);
        for (SoftQueuePair qp : queuePairs()) {
            qp.deviceGone();
        }
    }

    // --- RdmaDevice ------------------------------------------------------------------------------------------------

    @Override
    public String name() {
        return name;
    }

    @Override
    public DeviceLimits limits() throws VerbsException {
        int errno = world.faults().at(Faults.Point.QUERY_DEVICE);
        if (errno != 0) {
            throw new VerbsException("ibv_query_device", name, errno);
        }
        return limits;
    }

    DeviceLimits limitsUnchecked() {
        return limits;
    }

    @Override
    public boolean tellsOfLastReceive() {
        return flavor.tellsOfLastReceive();
    }

    @Override
    public int eventFd() {
        return descriptor.number;
    }

    @Override
    public @Nullable AsyncEvent nextEvent() throws VerbsException {
        world.meanwhile();
        int errno = world.faults().at(Faults.Point.NEXT_ASYNC_EVENT);
        if (errno != 0) {
            throw new VerbsException("ibv_get_async_event", name, errno);
        }
        AsyncEvent event = events.poll();
        descriptor.readable(!events.isEmpty());
        return event;
    }

    @Override
    public ProtectionDomain allocateProtectionDomain() throws VerbsException {
        enter(Faults.Point.ALLOCATE_DOMAIN, "ibv_alloc_pd");
        SoftDomain domain = new SoftDomain(this);
        world.ledger().open(Ledger.Kind.DOMAIN, domain);
        return domain;
    }

    @Override
    public CompletionChannel createCompletionChannel() throws VerbsException {
        enter(Faults.Point.CREATE_CHANNEL, "ibv_create_comp_channel");
        return new SoftCompletionChannel(this);
    }

    @Override
    public CompletionQueue createCompletionQueue(int entries, CompletionChannel channel) throws VerbsException {
        enter(Faults.Point.CREATE_CQ, "ibv_create_cq");
        if (entries < 1 || entries > limits.maxCqe()) {
            throw new VerbsException("ibv_create_cq", name + " with " + entries + " entries", VerbsException.EINVAL);
        }
        return new SoftCompletionQueue(this, entries, (SoftCompletionChannel) channel);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    /** Not the object's own, which differs from run to run. */
    @Override
    public int hashCode() {
        return descriptor.number;
    }

    @Override
    public String toString() {
        return name;
    }
}
