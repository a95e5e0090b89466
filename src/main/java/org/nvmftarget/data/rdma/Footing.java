package org.nvmftarget.data.rdma;

import java.util.List;
import java.util.Optional;
import org.nvmftarget.model.TransportAddress;

/**
 * Whether a listener still stands on what it needs. What cannot be told for certain is taken for sound: a listener that
 * is closed wrongly costs more than one that nobody reaches.
 */
final class Footing {

    private final Surroundings surroundings;
    private final DeviceAddresses addresses;

    Footing(Surroundings surroundings, DeviceAddresses addresses) {
        this.surroundings = surroundings;
        this.addresses = addresses;
    }

    /**
     * Why no host reaches the listener.
     *
     * @param devices the kernel's, by name
     */
    Optional<String> trouble(Listeners.Listener listener, List<String> devices) {
        TransportAddress address = listener.address();
        if (listener.device() == null) {
            return devices.isEmpty() ? Optional.of("there is no RDMA device any more") : Optional.empty();
        }
        String device = listener.device().name();
        if (!devices.contains(device)) {
            return Optional.of("device " + device + " is gone");
        }
        if (!surroundings.isHere(address)) {
            return Optional.of("its address is no longer on this machine");
        }
        return addresses.portOf(address.traddr()).flatMap(port -> trouble(port, device));
    }

    private static Optional<String> trouble(DeviceAddresses.Port port, String device) {
        if (!port.device().equals(device)) {
            return Optional.of("its address is at device " + port.device() + " now");
        }
        return port.isActive() ? Optional.empty() : Optional.of(port + " is " + port.state());
    }

    /** The port that owns {@code address}, if it is known and no host can reach it. */
    Optional<DeviceAddresses.Port> downPort(TransportAddress address) {
        return address.isWildcard()
                ? Optional.empty()
                : addresses.portOf(address.traddr()).filter(port -> !port.isActive());
    }
}
