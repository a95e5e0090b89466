package org.nvmftarget.data.rdma;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.EventChannel;
import org.nvmftarget.data.ffi.verbs.Rdma;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.model.TransportOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The devices in use, and those that only wait for their last connection to end. Confined to the acceptor. */
final class Devices {

    private static final Logger log = LoggerFactory.getLogger(Devices.class);

    private final TransportFactory.Context context;
    private final Rdma rdma;
    private final EventChannel channel;
    private final Means means;
    private final Reaper reaper;
    private final News news;
    private final Map<RdmaDevice, DeviceContext> current = new HashMap<>();
    private final List<DeviceContext> retired = new ArrayList<>();

    /** Devices whose events are read, and where. */
    private final Map<RdmaDevice, Integer> watched = new HashMap<>();

    /** Names of lost devices that librdmacm may still hold, which holds up their removal. */
    private final Set<String> held = new TreeSet<>();

    /** What librdmacm has opened for {@link Rdma#refreshDevices}, whether we use it or not. */
    private Set<String> opened = new TreeSet<>();

    private boolean refreshing;

    /** What happens to devices; called on the acceptor. */
    interface News {
        /** The device is of no use any more. */
        void lost(RdmaDevice device, String reason);

        /** Something about its ports or addresses has changed. */
        void changed();

        /** The host at the other end of a queue pair has sent something before it has confirmed the connection. */
        void spoke(RdmaDevice device, int queuePairNumber);
    }

    Devices(TransportFactory.Context context, Rdma rdma, EventChannel channel, Means means, News news) {
        this.context = context;
        this.rdma = rdma;
        this.channel = channel;
        this.means = means;
        reaper = means.reaper();
        this.news = news;
    }

    /**
     * Sets a device up, if that has not been done.
     *
     * @param at an address of it
     */
    DeviceContext get(RdmaDevice device, InetAddress at, TransportOptions.Rdma options)
            throws VerbsException, UnfitException {
        DeviceContext known = current.get(device);
        if (known != null) {
            return known;
        }
        DeviceHold hold = DeviceHold.of(channel, device, at);
        try {
            watch(device);
            DeviceContext made = DeviceContext.open(device, hold, options, context.reactors(), means, this::lost);
            current.put(device, made);
            return made;
        } catch (VerbsException | UnfitException e) {
            hold.close();
            throw e;
        } finally {
            unwatchIfUnused(device);
        }
    }

    /** Whether the devices in use could honour {@code options}. */
    void check(TransportOptions.Rdma options) throws UnfitException {
        for (DeviceContext device : current.values()) {
            DeviceContext.check(
                    device.device().name(),
                    device.limits(),
                    options,
                    context.reactors().size(),
                    means.availableBytes().getAsLong());
        }
    }

    /** New connections get a new context; the matching ones go when their connections have gone. */
    void retire(Predicate<DeviceContext> which) {
        List<DeviceContext> matching = current.values().stream().filter(which).toList();
        for (DeviceContext device : matching) {
            current.remove(device.device());
            device.retire();
            retired.add(device);
        }
        closeThoseThatAreOver();
    }

    /** On a reactor. Connections that are whole stay, new ones find nothing missing. */
    private void lost(DeviceContext which) {
        context.acceptor().execute(() -> {
            if (current.containsValue(which)) {
                log.warn("{} is set up anew for new connections", which.device().name());
                retire(which::equals);
            }
        });
    }

    void closeThoseThatAreOver() {
        List<DeviceContext> over =
                retired.stream().filter(DeviceContext::isOver).toList();
        retired.removeAll(over);
        for (DeviceContext device : over) {
            unwatchIfUnused(device.device());
            reaper.execute(device::close);
        }
        letGo();
    }

    private Stream<DeviceContext> inUse() {
        return Stream.concat(current.values().stream(), retired.stream());
    }

    // --- events ----------------------------------------------------------------------------------------------------

    private void watch(RdmaDevice device) throws VerbsException {
        if (!watched.containsKey(device)) {
            int fd = device.eventFd();
            context.acceptor().watch(fd, Reactor.READABLE, events -> read(device));
            watched.put(device, fd);
        }
    }

    private void unwatchIfUnused(RdmaDevice device) {
        if (inUse().noneMatch(known -> known.device().equals(device))) {
            unwatch(device);
        }
    }

    private void unwatch(RdmaDevice device) {
        Integer fd = watched.remove(device);
        if (fd != null) {
            context.acceptor().unwatch(fd);
        }
    }

    private void read(RdmaDevice device) {
        try {
            for (AsyncEvent event = device.nextEvent(); event != null; event = device.nextEvent()) {
                handle(device, event);
            }
        } catch (VerbsException e) {
            log.error("the events of {} can no longer be read", device.name(), e);
            unwatch(device);
        }
    }

    private void handle(RdmaDevice device, AsyncEvent event) {
        log.debug("{} of {}", event, device.name());
        if (event.type() == AsyncEvent.Type.COMM_EST) {
            news.spoke(device, (int) event.element());
            return;
        }
        switch (event.type().subject()) {
            case DEVICE -> {
                if (event.type() == AsyncEvent.Type.DEVICE_FATAL) {
                    news.lost(device, "the device has failed or is being removed");
                }
            }
            case PORT -> news.changed();
            case QUEUE_PAIR, COMPLETION_QUEUE, SHARED_RECEIVE_QUEUE ->
                inUse().filter(known -> known.device().equals(device)).forEach(known -> known.happened(event));
        }
    }

    // --- devices that go -------------------------------------------------------------------------------------------

    /** Names of the devices that the kernel has; those that went without a word are lost. */
    List<String> look() throws VerbsException {
        List<String> names = rdma.deviceNames();
        List<RdmaDevice> gone = inUse().map(DeviceContext::device)
                .filter(device -> !names.contains(device.name()))
                .distinct()
                .toList();
        gone.forEach(device -> news.lost(device, "the device is gone"));
        opened.stream().filter(name -> !names.contains(name)).forEach(held::add);
        if (!names.isEmpty()) {
            letGo();
        }
        return names;
    }

    /** Whether the kernel has the device, and not just what is left of it until nothing holds it any more. */
    boolean isListed(RdmaDevice device) throws VerbsException {
        return rdma.deviceNames().contains(device.name());
    }

    /** No connection comes to the device any more, and once the last has gone, nothing of ours holds it. */
    void lose(RdmaDevice device) {
        held.add(device.name());
        retire(known -> known.device().equals(device));
    }

    /** librdmacm forgets a device only when it is asked for all. That blocks, and fails where there is none at all. */
    private void letGo() {
        // What is current under such a name is another device.
        boolean ours =
                retired.stream().anyMatch(known -> held.contains(known.device().name()));
        if (held.isEmpty() || ours || refreshing) {
            return;
        }
        refreshing = true;
        Set<String> names = Set.copyOf(held);
        reaper.execute(() -> {
            try {
                List<String> all = rdma.refreshDevices();
                context.acceptor().execute(() -> released(names, all));
            } catch (VerbsException e) {
                log.warn("librdmacm holds {} until there is another RDMA device ({})", names, e.symbol());
                context.acceptor().execute(() -> refreshing = false);
            }
        });
    }

    private void released(Set<String> names, List<String> all) {
        refreshing = false;
        opened = new TreeSet<>(all);
        held.removeAll(names);
        letGo();
    }
}
