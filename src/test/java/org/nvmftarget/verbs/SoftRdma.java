package org.nvmftarget.verbs;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.data.ffi.verbs.EventChannel;
import org.nvmftarget.data.ffi.verbs.Rdma;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** A machine's RDMA: its devices, their addresses, and who listens there. */
public final class SoftRdma implements Rdma {

    private final World world;
    private final Map<String, SoftDevice> devices = new LinkedHashMap<>();
    private final List<InetAddress> plainAddresses = new ArrayList<>();
    private final List<SoftDevice> removed = new ArrayList<>();
    private int remembered;
    private final List<SoftCmId> ids = new ArrayList<>();

    /** What librdmacm has opened, and of that what it will close as soon as no id is on it. */
    private final Set<SoftDevice> opened = new LinkedHashSet<>();

    private final Set<SoftDevice> dead = new LinkedHashSet<>();
    private final Set<String> leaving = new LinkedHashSet<>();
    private boolean losesConfirmations;

    public SoftRdma(World world) {
        this.world = world;
    }

    World world() {
        return world;
    }

    // --- what the machine has --------------------------------------------------------------------------------------

    public SoftDevice addDevice(String name, Flavor flavor, DeviceLimits limits, InetAddress... addresses) {
        SoftDevice device = new SoftDevice(world, name, flavor, limits, List.of(addresses));
        devices.put(name, device);
        world.note("device added", name.hashCode(), () -> name);
        return device;
    }

    /** The machine owns {@code address}, and no RDMA device does. */
    public void addPlainAddress(InetAddress address) {
        plainAddresses.add(address);
    }

    /** The kernel begins to remove a device: it lists it no more, and for a while it still works. */
    public void beginRemoval(String name) {
        leaving.add(name);
    }

    /** The device is taken out. Its work is lost, and ids on it are told. */
    public void removeDevice(String name) {
        SoftDevice device = devices.remove(name);
        leaving.remove(name);
        if (device == null) {
            return;
        }
        world.note("device removed", name.hashCode(), () -> name);
        removed.add(device);
        remembered++;
        device.vanish();
        for (SoftCmId id : List.copyOf(ids)) {
            if (id.isOn(device)) {
                world.hardware(world.between(0, 300_000), id::deviceRemoved);
            }
        }
    }

    public boolean hasDevice(String name) {
        return devices.containsKey(name);
    }

    public @Nullable SoftDevice device(String name) {
        return devices.get(name);
    }

    /** The address moved to another link layer address: ids that are bound to it are told. */
    public void changeAddress(InetAddress address) {
        for (SoftCmId id : List.copyOf(ids)) {
            if (id.isAt(address)) {
                world.hardware(world.between(0, 300_000), id::addressChanged);
            }
        }
    }

    /** A completion queue of the device fails; false if it has none. */
    public boolean breakCompletionQueue(String name) {
        SoftDevice device = devices.get(name);
        List<SoftQueuePair> queuePairs = device == null ? List.of() : device.queuePairs();
        if (queuePairs.isEmpty()) {
            return false;
        }
        queuePairs
                .get((int) world.between(0, queuePairs.size() - 1))
                .completions()
                .breakDown();
        return true;
    }

    /** A queue pair of the device fails; false if it has none. */
    public boolean breakQueuePair(String name) {
        SoftDevice device = devices.get(name);
        List<SoftQueuePair> queuePairs = device == null ? List.of() : device.queuePairs();
        if (queuePairs.isEmpty()) {
            return false;
        }
        queuePairs.get((int) world.between(0, queuePairs.size() - 1)).fail("a fault of the device");
        return true;
    }

    /** What a host sends to confirm an accept arrives no more. */
    public void loseConfirmations() {
        losesConfirmations = true;
    }

    boolean losesConfirmations() {
        return losesConfirmations;
    }

    /** Of devices that were removed, what the program still has open: that holds the removal up. */
    public List<String> heldUp() {
        List<String> held = new ArrayList<>();
        removed.forEach(device -> held.addAll(world.ledger().describe(device)));
        return held;
    }

    /** Devices that were removed and that librdmacm has not yet been made to forget. */
    public int remembered() {
        return remembered;
    }

    // --- for ids ---------------------------------------------------------------------------------------------------

    void add(SoftCmId id) {
        ids.add(id);
    }

    void remove(SoftCmId id) {
        ids.remove(id);
        SoftDevice device = id.device();
        if (device != null) {
            closeIfDead(device);
        }
    }

    /** An id is on {@code device}. A device that librdmacm does not know makes it look what there is. */
    void isUsed(SoftDevice device) {
        if (opened.add(device)) {
            lookAtDevices();
        }
    }

    private void lookAtDevices() {
        for (SoftDevice device : List.copyOf(opened)) {
            if (device.isGone()) {
                dead.add(device);
                closeIfDead(device);
            }
        }
    }

    /** librdmacm counts the ids on a device, and nothing else of it. */
    private void closeIfDead(SoftDevice device) {
        if (!dead.contains(device) || ids.stream().anyMatch(id -> device.equals(id.device()))) {
            return;
        }
        dead.remove(device);
        opened.remove(device);
        List<String> inUse = world.ledger().describe(device);
        if (!inUse.isEmpty()) {
            throw world.violation("librdmacm closes " + device + " under " + inUse);
        }
    }

    /** The device that owns {@code address}. */
    @Nullable
    SoftDevice owner(InetAddress address) {
        for (SoftDevice device : devices.values()) {
            if (device.addresses().contains(address)) {
                return device;
            }
        }
        return null;
    }

    boolean owns(InetAddress address) {
        return owner(address) != null || plainAddresses.contains(address);
    }

    /** 0, or why an id cannot be bound there. */
    int bindFault(InetSocketAddress wanted) {
        InetAddress address = wanted.getAddress();
        if (!address.isAnyLocalAddress() && !owns(address)) {
            return VerbsException.EADDRNOTAVAIL;
        }
        for (SoftCmId other : wanted.getPort() == 0 ? List.<SoftCmId>of() : ids) {
            InetSocketAddress taken = other.boundTo();
            if (taken == null
                    || wanted.getPort() != taken.getPort()
                    || taken.getAddress().getClass() != address.getClass()) {
                continue;
            }
            if (taken.getAddress().equals(address)) {
                return VerbsException.EADDRINUSE;
            }
            if (address.isAnyLocalAddress() || taken.getAddress().isAnyLocalAddress()) {
                return VerbsException.EADDRNOTAVAIL;
            }
        }
        return !address.isAnyLocalAddress() && owner(address) == null ? VerbsException.ENODEV : 0;
    }

    /** Who listens at {@code address}. */
    @Nullable
    SoftCmId listener(InetSocketAddress address) {
        for (SoftCmId id : ids) {
            InetSocketAddress bound = id.boundTo();
            if (id.isListening()
                    && bound != null
                    && bound.getPort() == address.getPort()
                    && bound.getAddress().getClass() == address.getAddress().getClass()
                    && (bound.getAddress().isAnyLocalAddress()
                            || bound.getAddress().equals(address.getAddress()))) {
                return id;
            }
        }
        return null;
    }

    // --- Rdma ------------------------------------------------------------------------------------------------------

    @Override
    public EventChannel openEventChannel() throws VerbsException {
        world.meanwhile();
        int errno = world.faults().at(Faults.Point.OPEN_EVENT_CHANNEL);
        if (errno != 0) {
            throw new VerbsException("rdma_create_event_channel", "this machine", errno);
        }
        return new SoftEventChannel(this);
    }

    @Override
    public List<String> deviceNames() {
        world.meanwhile();
        return devices.keySet().stream().filter(name -> !leaving.contains(name)).toList();
    }

    @Override
    public List<String> refreshDevices() throws VerbsException {
        world.meanwhile();
        if (devices.isEmpty()) {
            throw new VerbsException("rdma_get_devices", "this machine", VerbsException.ENODEV);
        }
        lookAtDevices();
        remembered = 0;
        return List.copyOf(devices.keySet());
    }
}
