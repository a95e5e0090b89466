package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.TreeSet;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nsid;

/**
 * Asynchronous events of one controller, on its admin queue's reactor. An event that was sent is masked until the host
 * has read its log page. There are no error events (Base specification 2.0, section 5.2): fabrics have no doorbells,
 * this target neither diagnoses itself nor loads firmware, and after an internal error it does not go on; a command
 * that fails says so itself.
 */
final class AsyncEvents {

    private final int supported;
    private final ArrayDeque<Command> requests = new ArrayDeque<>();
    /** Events without a request, in order, and the bit of feature 0Bh for each. */
    private final LinkedHashMap<Integer, Integer> pending = new LinkedHashMap<>();

    private final LinkedHashSet<Integer> masked = new LinkedHashSet<>();
    private final TreeSet<Nsid> changed = new TreeSet<>();
    private int config;

    /** @param supported the bits of OAES */
    AsyncEvents(int supported) {
        this.supported = supported;
        config = supported;
    }

    int supported() {
        return supported;
    }

    int config() {
        return config;
    }

    /** Feature 0Bh; false if it asks for events that there are not. What waits to be sent is not, once it is off. */
    boolean config(int value) {
        if ((value & ~(supported | AsyncEvent.CONFIG_SMART_MASK)) != 0) {
            return false;
        }
        config = value;
        pending.entrySet().removeIf(e -> !isOn(e.getValue()) && masked.remove(e.getKey()));
        return true;
    }

    private boolean isOn(int configBit) {
        return (config & configBit) == configBit;
    }

    /** An Async Event Request. */
    int request(Command c) {
        if (requests.size() > ControllerPage.AERL) {
            return Status.ASYNC_EVENT_REQUEST_LIMIT_EXCEEDED | Status.DNR;
        }
        if (!pending.isEmpty()) {
            c.result(pending.pollFirstEntry().getKey() & 0xFFFF_FFFFL);
            return Status.SUCCESS;
        }
        requests.addLast(c);
        return Execution.LATER;
    }

    /** Notes what differs between two views, and tells the host. */
    void namespacesChanged(ControllerView old, ControllerView next) {
        boolean any = false;
        for (ControllerView.Attached a : next.attached()) {
            Namespace before = old.namespace(a.namespace.nsid);
            if (before == null || !a.namespace.looksLike(before)) {
                changed.add(a.namespace.spec.nsid());
                any = true;
            }
        }
        for (ControllerView.Attached a : old.attached()) {
            if (next.namespace(a.namespace.nsid) == null) {
                changed.add(a.namespace.spec.nsid());
                any = true;
            }
        }
        if (any) {
            raise(AsyncEvent.NAMESPACE_CHANGED, AsyncEvent.CONFIG_NAMESPACE_CHANGED);
        }
    }

    void anaChanged() {
        raise(AsyncEvent.ANA_CHANGED, AsyncEvent.CONFIG_ANA_CHANGED);
    }

    void discoveryChanged() {
        raise(AsyncEvent.DISCOVERY_CHANGED, AsyncEvent.CONFIG_DISCOVERY_CHANGED);
    }

    void temperatureCrossed() {
        raise(AsyncEvent.TEMPERATURE, LogPage.WARNING_TEMPERATURE);
    }

    /**
     * Tells the host of an event, unless it was told already and has not read the log page since.
     *
     * @param event DW0, as in {@link AsyncEvent}
     * @param configBit the bit of feature 0Bh that switches it on; 0 if no one can switch it off
     */
    void raise(int event, int configBit) {
        if (!isOn(configBit) || !masked.add(event)) {
            return;
        }
        Command c = requests.pollFirst();
        if (c == null) {
            pending.put(event, configBit);
        } else {
            c.result(event & 0xFFFF_FFFFL);
            c.complete(Status.SUCCESS);
        }
    }

    /** The host has read the event's log page without retaining it. */
    void unmask(int event) {
        masked.remove(event);
        pending.remove(event);
    }

    /** Writes the changed namespace list over zeroed bytes; all ones if there are too many. */
    void encodeChanged(MemorySegment page) {
        if (changed.size() > Identify.LIST_ENTRIES) {
            Wire.putU32(page, 0, Nsid.BROADCAST);
            return;
        }
        long at = 0;
        for (Nsid nsid : changed) {
            Wire.putU32(page, at, nsid.value());
            at += 4;
        }
    }

    /** The changed namespace list was read: {@link LogPage#CHANGED_NAMESPACES} begins anew. */
    void clearChanged() {
        changed.clear();
        unmask(AsyncEvent.NAMESPACE_CHANGED);
    }

    /** Ends the outstanding request with this id; false if there is none. */
    boolean abort(int cid) {
        for (Command c : requests.toArray(new Command[0])) {
            if (c.cid() == cid && requests.remove(c)) {
                c.complete(Status.ABORTED_BY_REQUEST);
                return true;
            }
        }
        return false;
    }

    /** Controller reset, or its end: gives every request back and forgets. */
    void reset() {
        for (Command c = requests.pollFirst(); c != null; c = requests.pollFirst()) {
            c.complete(Status.ABORTED_SQ_DELETION);
        }
        pending.clear();
        masked.clear();
        changed.clear();
        config = supported;
    }
}
