package org.nvmftarget.data.rdma;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportOptions;

/** The devices in use, and those that only wait for their last connection to end. Confined to the acceptor. */
final class Devices {

    private final List<Reactor> reactors;
    private final Statistics statistics;
    private final Reaper reaper;
    private final Map<RdmaDevice, DeviceContext> current = new HashMap<>();
    private final List<DeviceContext> retired = new ArrayList<>();

    Devices(List<Reactor> reactors, Statistics statistics, Reaper reaper) {
        this.reactors = reactors;
        this.statistics = statistics;
        this.reaper = reaper;
    }

    /** Sets a device up, if that has not been done. */
    DeviceContext get(RdmaDevice device, TransportOptions.Rdma options) throws VerbsException, UnfitException {
        DeviceContext context = current.get(device);
        if (context == null) {
            context = DeviceContext.open(device, options, reactors, statistics, reaper.waiting());
            current.put(device, context);
        }
        return context;
    }

    /** Whether the devices in use could honour {@code options}. */
    void check(TransportOptions.Rdma options) throws UnfitException {
        for (DeviceContext context : current.values()) {
            DeviceContext.check(context.device().name(), context.limits(), options, reactors.size());
        }
    }

    /** New connections get a new context; the matching ones go when their connections have gone. */
    void retire(Predicate<DeviceContext> which) {
        List<DeviceContext> matching = current.values().stream().filter(which).toList();
        for (DeviceContext context : matching) {
            current.remove(context.device());
            context.retire();
            retired.add(context);
        }
        closeThoseThatAreOver();
    }

    void closeThoseThatAreOver() {
        List<DeviceContext> over =
                retired.stream().filter(DeviceContext::isOver).toList();
        retired.removeAll(over);
        over.forEach(context -> reaper.execute(context::close));
    }
}
