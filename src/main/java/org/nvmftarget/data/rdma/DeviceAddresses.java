package org.nvmftarget.data.rdma;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nvmftarget.data.net.Addresses;

/**
 * Which addresses the machine's RDMA devices own, read from {@code /sys/class/infiniband}: each port's GID table names
 * the network interfaces behind it. InfiniBand ports have none there, and own no address by this.
 */
final class DeviceAddresses {

    /** A table may have thousands of entries, used from its beginning: after so many unused ones it is over. */
    private static final int MAX_UNUSED = 32;

    private final Path root;
    private final Function<String, List<String>> addressesOf;

    DeviceAddresses() {
        this(Path.of("/sys/class/infiniband"), DeviceAddresses::ofInterface);
    }

    /**
     * @param root the folder of devices
     * @param addressesOf the addresses of a network interface
     */
    DeviceAddresses(Path root, Function<String, List<String>> addressesOf) {
        this.root = root;
        this.addressesOf = addressesOf;
    }

    /**
     * A port of a device.
     *
     * @param state as the kernel names it, such as {@code ACTIVE} or {@code DOWN}
     */
    record Port(String device, int number, String state) {
        boolean isActive() {
            return state.equals("ACTIVE");
        }

        /** {@code port 1 of rxe0}. */
        @Override
        public String toString() {
            return "port " + number + " of " + device;
        }
    }

    /** Names of the devices. */
    List<String> devices() {
        return children(root).stream()
                .map(path -> path.getFileName().toString())
                .sorted()
                .toList();
    }

    /** What the devices own, as {@code 10.0.0.1 (rxe0)}. */
    List<String> owned() {
        Set<String> owned = new TreeSet<>();
        for (Path port : ports()) {
            for (String netdev : netdevs(port)) {
                addressesOf.apply(netdev).forEach(address -> owned.add(address + " (" + deviceOf(port) + ")"));
            }
        }
        return List.copyOf(owned);
    }

    /** The port that owns {@code traddr}. */
    Optional<Port> portOf(String traddr) {
        return ports().stream()
                .filter(port -> netdevs(port).stream()
                        .anyMatch(netdev -> addressesOf.apply(netdev).contains(traddr)))
                .map(DeviceAddresses::port)
                .findFirst();
    }

    private List<Path> ports() {
        return children(root).stream()
                .flatMap(device -> children(device.resolve("ports")).stream())
                .filter(port -> port.getFileName().toString().matches("\\d+"))
                .sorted()
                .toList();
    }

    private static String deviceOf(Path port) {
        return port.getName(port.getNameCount() - 3).toString(); // DEVICE/ports/NUMBER
    }

    private static Port port(Path port) {
        String state = "unknown";
        try {
            // "4: ACTIVE"
            String text = Files.readString(port.resolve("state")).strip();
            state = text.substring(text.indexOf(' ') + 1);
        } catch (IOException gone) {
            // The device went meanwhile.
        }
        return new Port(deviceOf(port), Integer.parseInt(port.getFileName().toString()), state);
    }

    private static Set<String> netdevs(Path port) {
        Set<String> names = new TreeSet<>();
        Path table = port.resolve("gid_attrs/ndevs");
        int unused = 0;
        for (int i = 0; unused < MAX_UNUSED; i++) {
            try {
                names.add(Files.readString(table.resolve(Integer.toString(i))).strip());
                unused = 0;
            } catch (IOException unusedEntry) {
                // The kernel fails the reading of an entry that the table does not use.
                unused++;
            }
        }
        return names;
    }

    private static List<Path> children(Path folder) {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(paths::add);
        } catch (IOException | DirectoryIteratorException absent) {
            return List.of();
        }
        return paths;
    }

    private static List<String> ofInterface(String name) {
        try {
            NetworkInterface netdev = NetworkInterface.getByName(name);
            Stream<String> texts =
                    netdev == null ? Stream.empty() : netdev.inetAddresses().map(Addresses::text);
            return texts.sorted().toList();
        } catch (SocketException e) {
            return List.of();
        }
    }
}
