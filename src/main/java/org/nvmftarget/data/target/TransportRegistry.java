package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/**
 * The target's transports, and the subsystems that share each address: the first opens it, the last closes it. For
 * control threads; a transport is called by one at a time.
 */
final class TransportRegistry {

    private static final int PORT_IDS = 0xFFFF;

    private final Map<TransportType, TransportFactory> factories;
    private final TransportFactory.Context context;
    private final Map<TransportType, Transport> transports = new EnumMap<>(TransportType.class);
    private final Map<TransportAddress, Set<Nqn>> users = new HashMap<>();
    private final Map<TransportAddress, Integer> portIds = new HashMap<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private final Consumer<TransportAddress> onListenerLost;
    private volatile SortedMap<TransportType, TransportOptions> options = Collections.emptySortedMap();
    /** For readers, who must not wait for a transport that is being asked to do something. */
    private volatile List<Transport> published = List.of();

    /** @param onListenerLost is told, on any thread, of an address that may be lost: see {@link #forgetIfLost} */
    TransportRegistry(
            Map<TransportType, TransportFactory> factories,
            TransportFactory.Context context,
            Consumer<TransportAddress> onListenerLost) {
        this.factories = Map.copyOf(factories);
        this.context = context;
        this.onListenerLost = onListenerLost;
    }

    synchronized StepResult create(TransportOptions wanted) {
        TransportType type = wanted.trtype();
        TransportFactory factory = factories.get(type);
        if (transports.containsKey(type)) {
            return new StepResult.Failed("there is a transport " + type.key() + " already");
        }
        if (factory == null) {
            return new StepResult.Failed("this program has no transport " + type.key());
        }
        return switch (factory.create(wanted, context)) {
            case TransportFactory.Created.Refused refused -> refused.why();
            case TransportFactory.Created.Ready ready -> {
                transports.put(type, ready.transport());
                ready.transport().onOutsideEvent(this::outsideEvent);
                ready.transport().onListenerLost(onListenerLost);
                publish();
                yield StepResult.DONE;
            }
        };
    }

    synchronized StepResult setOptions(TransportOptions wanted) {
        Transport transport = transports.get(wanted.trtype());
        if (transport == null) {
            return missing(wanted.trtype());
        }
        StepResult result = transport.setOptions(wanted);
        publish();
        return result;
    }

    synchronized StepResult remove(TransportType type) {
        Transport transport = transports.get(type);
        if (transport == null) {
            return missing(type);
        }
        long open = users.keySet().stream().filter(a -> a.trtype() == type).count();
        if (open > 0) {
            return new StepResult.Failed("transport " + type.key() + " still has " + open + " listeners");
        }
        transports.remove(type);
        publish();
        transport.close();
        return StepResult.DONE;
    }

    synchronized Optional<StepResult.Waiting> probe(TransportAddress address) {
        Transport transport = transports.get(address.trtype());
        return transport == null || users.containsKey(address) ? Optional.empty() : transport.probe(address);
    }

    /** {@code user} uses the address from now on; opens it if it is the first. */
    synchronized StepResult listen(TransportAddress address, Nqn user) {
        Transport transport = transports.get(address.trtype());
        if (transport == null) {
            return missing(address.trtype());
        }
        Set<Nqn> present = users.get(address);
        if (present == null) {
            StepResult result = transport.listen(address);
            if (!(result instanceof StepResult.Done)) {
                return result;
            }
            present = new HashSet<>();
            users.put(address, present);
        }
        present.add(user);
        return StepResult.DONE;
    }

    /** {@code user} no longer uses the address; closes it, and returns true, if it was the last. */
    synchronized boolean unlisten(TransportAddress address, Nqn user) {
        Set<Nqn> present = users.get(address);
        if (present == null || !present.remove(user) || !present.isEmpty()) {
            return false;
        }
        users.remove(address);
        Transport transport = transports.get(address.trtype());
        if (transport != null) {
            transport.unlisten(address);
        }
        return true;
    }

    /**
     * The subsystems that used the address, if its transport no longer listens there; they use it no longer. None if it
     * was closed by us, or is open again, since the loss was told.
     */
    synchronized Set<Nqn> forgetIfLost(TransportAddress address) {
        Transport transport = transports.get(address.trtype());
        if (transport == null || transport.isListening(address)) {
            return Set.of();
        }
        Set<Nqn> present = users.remove(address);
        return present == null ? Set.of() : present;
    }

    synchronized void unlistenAll() {
        for (TransportAddress address : users.keySet()) {
            Transport transport = transports.get(address.trtype());
            if (transport != null) {
                transport.unlisten(address);
            }
        }
        users.clear();
    }

    synchronized void closeAll() {
        transports.values().forEach(Transport::close);
        transports.clear();
        publish();
    }

    /** A number for the address, the same as long as the program runs and mostly after, too. */
    int portId(TransportAddress address) {
        synchronized (portIds) {
            Integer known = portIds.get(address);
            if (known != null) {
                return known;
            }
            int id = Math.floorMod(address.toString().hashCode(), PORT_IDS);
            while (portIds.containsValue(id)) {
                id = (id + 1) % PORT_IDS;
            }
            portIds.put(address, id);
            return id;
        }
    }

    SortedMap<TransportType, TransportOptions> options() {
        return options;
    }

    /** What each transport has and has done on one reactor. From any thread. */
    List<LiveState.TransportStats> stats(Reactor reactor) {
        return published.stream().map(transport -> transport.stats(reactor)).toList();
    }

    void onOutsideEvent(Runnable onEvent) {
        synchronized (listeners) {
            listeners.add(onEvent);
        }
    }

    /** Something below appeared or vanished. */
    void outsideEvent() {
        List<Runnable> all;
        synchronized (listeners) {
            all = List.copyOf(listeners);
        }
        all.forEach(Runnable::run);
    }

    private static StepResult missing(TransportType type) {
        return new StepResult.Failed("there is no transport " + type.key());
    }

    private void publish() {
        SortedMap<TransportType, TransportOptions> next = new TreeMap<>();
        transports.forEach((type, transport) -> next.put(type, transport.options()));
        options = Collections.unmodifiableSortedMap(next);
        published = List.copyOf(transports.values());
    }
}
