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
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nvmftarget.data.net.Addresses;

/**
 * Which addresses the machine's RDMA devices own, read from {@code /sys/class/infiniband}: each port's GID table names
 * the network interfaces behind it. For messages.
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

    /** Names of the devices. */
    List<String> devices() {
        return children(root).stream()
                .map(path -> path.getFileName().toString())
                .sorted()
                .toList();
    }

    /** What the devices own, as {@code 10.0.0.1 (rxe0)}. */
    List<String> owned() {
        List<String> owned = new ArrayList<>();
        for (String device : devices()) {
            for (String netdev : netdevs(root.resolve(device))) {
                addressesOf.apply(netdev).forEach(address -> owned.add(address + " (" + device + ")"));
            }
        }
        return owned;
    }

    /** Whether a device owns {@code traddr}. */
    boolean owns(String traddr) {
        return devices().stream()
                .flatMap(device -> netdevs(root.resolve(device)).stream())
                .anyMatch(netdev -> addressesOf.apply(netdev).contains(traddr));
    }

    private static Set<String> netdevs(Path device) {
        Set<String> names = new TreeSet<>();
        for (Path port : children(device.resolve("ports"))) {
            Path table = port.resolve("gid_attrs/ndevs");
            int unused = 0;
            for (int i = 0; unused < MAX_UNUSED; i++) {
                try {
                    names.add(
                            Files.readString(table.resolve(Integer.toString(i))).strip());
                    unused = 0;
                } catch (IOException unusedEntry) {
                    // The kernel fails the reading of an entry that the table does not use.
                    unused++;
                }
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
