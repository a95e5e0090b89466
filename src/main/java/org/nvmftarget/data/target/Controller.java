package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.DiscoveryLog;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dynamic controller: a host's association with a subsystem. Its admin queue's reactor owns events, features and the
 * keep-alive timer; properties and the set of queues are shared by short synchronized sections, never for an I/O.
 */
final class Controller {

    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    private final Subsystem subsystem;
    private final int cntlid;
    private final Nqn host;
    private final ConnectData identity;
    private final CorePair admin;
    private final ControllerView.Path path;
    private final AsyncEvents events;
    private final ReservationNotices notices;
    private final AnaReport ana = new AnaReport();
    private final @Nullable DiscoverySight sight;
    private final KeepAlive keepAlive;
    private final Features features;
    private final ErrorLog errors;
    private final int maxIoQueues;
    private final boolean discovery;

    private final SortedMap<Integer, CorePair> queues = new TreeMap<>();
    private final ControllerRegisters registers;
    private final HostStays.Stay stay;
    private boolean staying = true;
    private boolean ended;
    /** For all reactors: as {@link #registers} say. */
    private volatile boolean ready;

    private final WrittenNamespaces written = new WrittenNamespaces();
    /** Aborts under way, on the admin reactor. */
    private int aborts;

    Controller(Subsystem subsystem, int cntlid, Nqn host, ConnectData identity, CorePair admin) {
        this.subsystem = subsystem;
        this.cntlid = cntlid;
        this.host = host;
        this.identity = identity;
        this.admin = admin;
        discovery = subsystem.view().isDiscovery();
        registers = new ControllerRegisters(discovery);
        events = new AsyncEvents(
                discovery
                        ? AsyncEvent.CONFIG_DISCOVERY_CHANGED
                        : AsyncEvent.CONFIG_NAMESPACE_CHANGED | AsyncEvent.CONFIG_ANA_CHANGED);
        path = new ControllerView.Path(host, admin.listener());
        sight = discovery ? admin.target().discovery().sight(host, admin.connection()) : null;
        notices = new ReservationNotices(events);
        maxIoQueues = discovery ? 0 : admin.connection().options().common().maxIoQpairsPerCtrlr();
        keepAlive = new KeepAlive(
                this, admin.reactor(), admin.connection().options().common());
        features = new Features(this);
        errors = new ErrorLog(DiscoveryEntries.trtype(admin.listener().trtype()));
        queues.put(0, admin);
        stay = subsystem
                .stays()
                .begin(
                        host,
                        hostId(),
                        admin.target().bdevs().losses(),
                        admin.reactor().nowNs());
    }

    // Queues

    /** Adds an I/O queue; a status other than success says why not. */
    synchronized int attach(int qid, CorePair pair) {
        if (ended || registers.isResetting()) {
            return Status.CONNECT_INVALID_PARAMETERS;
        }
        if (!registers.takesQueues()) {
            return Status.COMMAND_SEQUENCE_ERROR;
        }
        if (queues.putIfAbsent(qid, pair) != null) {
            return Status.INVALID_QUEUE_IDENTIFIER;
        }
        return Status.SUCCESS;
    }

    /** A queue is gone; on its reactor. */
    synchronized void detach(CorePair pair) {
        queues.remove(pair.qid(), pair);
        if (ioQueues() == 0) {
            registers.settle();
        }
        if (ended && queues.isEmpty()) {
            boolean lost = !registers.isShutDown();
            leave(lost, pair.reactor().nowNs());
            subsystem.remove(this, lost, pair.reactor().nowNs());
        }
    }

    /** Once. */
    private synchronized void leave(boolean lost, long nowNs) {
        if (staying) {
            staying = false;
            subsystem.stays().end(stay, lost, nowNs);
        }
    }

    /** The admin queue's connection is gone, and the association with it; on the admin reactor. */
    void adminQueueClosed() {
        keepAlive.stop();
        events.reset();
        synchronized (this) {
            ended = true;
            ready = false;
            disconnectIo();
        }
    }

    /** Nothing was heard for too long, which {@code why} describes; on the admin reactor. */
    void expire(String why) {
        LOG.warn(
                "controller {} of {} ends, {}: host {} at {}",
                cntlid,
                subsystem.nqn(),
                why,
                host,
                admin.connection().peer());
        synchronized (this) {
            registers.fail();
            ready = false;
            disconnectIo();
        }
        admin.leave(Controller::nothing);
    }

    private void disconnectIo() {
        for (CorePair pair : queues.values()) {
            if (pair != admin) {
                pair.reactor().execute(() -> pair.leave(Controller::nothing));
            }
        }
    }

    synchronized boolean hasIoQueues() {
        return ioQueues() > 0;
    }

    private int ioQueues() {
        return queues.size() - (queues.containsKey(0) ? 1 : 0);
    }

    // Properties

    synchronized int cc() {
        return registers.cc();
    }

    synchronized int csts() {
        return registers.csts();
    }

    long cap() {
        return Property.cap(admin.connection().maxQueueEntries(false));
    }

    /** Controller Configuration was written; on the admin reactor. */
    void configure(int value) {
        ControllerRegisters.Event event;
        synchronized (this) {
            event = registers.write(value);
            ready = registers.isReady();
            if (event == ControllerRegisters.Event.RESET || event == ControllerRegisters.Event.SHUTDOWN) {
                disconnectIo();
            }
            if (ioQueues() == 0) {
                registers.settle();
            }
        }
        switch (event) {
            case ENABLED -> keepAlive.activate(true);
            case RESET -> {
                keepAlive.activate(false);
                events.reset();
                notices.reset();
                features.reset();
                ana.reset();
            }
            case SHUTDOWN -> {
                keepAlive.activate(false);
                leave(false, admin.reactor().nowNs()); // the host may be back before its queues have gone
            }
            case NOTHING -> {}
        }
    }

    /** Its host is gone. */
    synchronized boolean isEnded() {
        return ended;
    }

    /** Enabled and without a fault: takes commands. */
    boolean isReady() {
        return ready;
    }

    // What the host sees

    /** The admin queue is connected and sees {@code first}. */
    void viewBegins(ControllerView first) {
        ana.update(first);
        ana.reset();
        features.viewBegins(first);
    }

    /** Notes what differs, and tells the host; on the admin reactor. */
    void viewChanged(ControllerView before, ControllerView now) {
        if (before == now) {
            return;
        }
        events.namespacesChanged(before, now);
        features.viewChanged(now);
        if (ana.update(now)) {
            events.anaChanged();
        }
    }

    /** Looks whether the discovery log has changed for this host, and tells it; on the admin reactor. */
    void lookAtDiscovery() {
        if (sight != null && sight.moved()) {
            events.discoveryChanged();
        }
    }

    /** The discovery log; only a discovery controller has one. */
    DiscoveryLog discoveryLog(int lsp) {
        if (sight == null) {
            throw new IllegalStateException("no discovery controller");
        }
        DiscoveryLog log = sight.log(lsp);
        if (sight.moved(log.generation())) {
            events.discoveryChanged();
        }
        return log;
    }

    AnaReport ana() {
        return ana;
    }

    /** The way to the subsystem: of every queue, the one of the admin queue. */
    ControllerView.Path path() {
        return path;
    }

    // Aborts

    /** Counts an Abort in; false if there are as many under way as ACL allows. */
    boolean beginAbort(int limit) {
        if (aborts == limit) {
            return false;
        }
        aborts++;
        return true;
    }

    void endAbort() {
        aborts--;
    }

    /** The queue with this id, if it is connected. */
    synchronized Optional<CorePair> queue(int qid) {
        return Optional.ofNullable(queues.get(qid));
    }

    // Facts

    /** When the last command came on any queue. */
    synchronized long lastCommandNs() {
        long last = admin.lastCommandNs();
        for (CorePair pair : queues.values()) {
            last = Math.max(last, pair.lastCommandNs());
        }
        return last;
    }

    synchronized Set<Reactor> reactors() {
        Set<Reactor> set = new HashSet<>();
        set.add(admin.reactor());
        for (CorePair pair : queues.values()) {
            set.add(pair.reactor());
        }
        return set;
    }

    synchronized List<CorePair> queues() {
        return new ArrayList<>(queues.values());
    }

    synchronized Optional<LiveState.Controller> live() {
        return ended
                ? Optional.empty()
                : Optional.of(new LiveState.Controller(
                        cntlid,
                        host,
                        identity.hostId(),
                        admin.listener(),
                        queues.values().stream().map(CorePair::live).toList(),
                        written.nsids(),
                        queues.values().stream()
                                .map(pair -> pair.connection().options())
                                .collect(Collectors.toSet())));
    }

    /** Whether an I/O queue's Connect comes from the host that made this controller. */
    boolean isOf(ConnectData data) {
        return data.hostIdHigh() == identity.hostIdHigh() && data.hostIdLow() == identity.hostIdLow();
    }

    /** Whether the controller's host has this identifier. */
    boolean isOf(HostId id) {
        return id.high() == identity.hostIdHigh() && id.low() == identity.hostIdLow();
    }

    /** How many disks had been lost when the host came; on any reactor. */
    long arrival() {
        return stay.arrival();
    }

    HostId hostId() {
        return new HostId(identity.hostIdHigh(), identity.hostIdLow());
    }

    /** The host is about to write to the namespace. From any reactor. */
    void noteWrite(int nsid) {
        written.add(nsid);
    }

    boolean isDiscovery() {
        return discovery;
    }

    Subsystem subsystem() {
        return subsystem;
    }

    int cntlid() {
        return cntlid;
    }

    Nqn host() {
        return host;
    }

    ConnectData identity() {
        return identity;
    }

    CorePair admin() {
        return admin;
    }

    AsyncEvents events() {
        return events;
    }

    ReservationNotices notices() {
        return notices;
    }

    KeepAlive keepAlive() {
        return keepAlive;
    }

    Features features() {
        return features;
    }

    ErrorLog errors() {
        return errors;
    }

    /** Highest id of an I/O queue; {@link Connect#qid} is checked against it. */
    int maxIoQueues() {
        return maxIoQueues;
    }

    private static void nothing() {}
}
