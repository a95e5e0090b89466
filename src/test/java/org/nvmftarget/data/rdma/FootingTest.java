package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;
import org.nvmftarget.verbs.Flavor;
import org.nvmftarget.verbs.SoftDevice;
import org.nvmftarget.verbs.SoftRdma;
import org.nvmftarget.verbs.World;

class FootingTest {

    private static final List<String> DEVICES = List.of("soft0", "soft1");

    private final SoftRdma rdma = new SoftRdma(new World(1));
    private final SimSurroundings surroundings = new SimSurroundings();
    private final Footing footing;
    private final Path sys;

    FootingTest(@TempDir Path sys) {
        this.sys = sys;
        Map<String, List<String>> addresses = Map.of("eth0", List.of("10.0.0.1"), "eth1", List.of("10.0.1.1"));
        footing = new Footing(
                surroundings, new DeviceAddresses(sys, netdev -> addresses.getOrDefault(netdev, List.of())));
    }

    @BeforeEach
    void machine() throws IOException {
        rdma.addDevice("soft0", Flavor.ADAPTER, SoftDevice.LIMITS, InetAddress.ofLiteral("10.0.0.1"));
        port("soft0", 1, "eth0", "4: ACTIVE");
        port("soft1", 1, "eth1", "4: ACTIVE");
    }

    private void port(String device, int number, String netdev, String state) throws IOException {
        Path port = sys.resolve(device).resolve("ports").resolve(Integer.toString(number));
        Files.createDirectories(port.resolve("gid_attrs/ndevs"));
        Files.writeString(port.resolve("gid_attrs/ndevs/0"), netdev + "\n");
        Files.writeString(port.resolve("gid_attrs/ndevs/1"), netdev + "\n");
        Files.writeString(port.resolve("state"), state + "\n");
    }

    private static TransportAddress address(String traddr) {
        return new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, traddr, 4420);
    }

    private Listeners.Listener listener(String traddr) throws VerbsException {
        return new Listeners(rdma.openEventChannel()).bind(address(traddr));
    }

    @Test
    void aListenerWhoseDeviceAddressAndPortAreThereIsSound() throws VerbsException {
        assertEquals(Optional.empty(), footing.trouble(listener("10.0.0.1"), DEVICES));
    }

    @Test
    void aDeviceThatIsNotListedIsGone() throws VerbsException {
        assertEquals(Optional.of("device soft0 is gone"), footing.trouble(listener("10.0.0.1"), List.of("soft1")));
    }

    @Test
    void anAddressThatIsNotHereIsGone() throws VerbsException {
        surroundings.gone.add(address("10.0.0.1"));
        assertEquals(
                Optional.of("its address is no longer on this machine"),
                footing.trouble(listener("10.0.0.1"), DEVICES));
    }

    @Test
    void anAddressThatMovedToAnotherDeviceIsTold() throws VerbsException, IOException {
        port("soft0", 1, "eth9", "4: ACTIVE");
        port("soft1", 1, "eth0", "4: ACTIVE");
        assertEquals(Optional.of("its address is at device soft1 now"), footing.trouble(listener("10.0.0.1"), DEVICES));
    }

    @Test
    void aPortThatIsDownIsTold() throws VerbsException, IOException {
        port("soft0", 1, "eth0", "1: DOWN");
        assertEquals(Optional.of("port 1 of soft0 is DOWN"), footing.trouble(listener("10.0.0.1"), DEVICES));
        assertEquals("DOWN", footing.downPort(address("10.0.0.1")).orElseThrow().state());
        assertEquals(Optional.empty(), footing.downPort(address("10.0.1.1")));
    }

    @Test
    void aPortThatCannotBeTakenForTheAddresssIsNoTrouble() throws VerbsException, IOException {
        port("soft0", 1, "eth9", "1: DOWN");
        assertEquals(Optional.empty(), footing.trouble(listener("10.0.0.1"), DEVICES));
    }

    @Test
    void aWildcardNeedsADeviceWhicheverItIs() throws VerbsException {
        Listeners.Listener wildcard = listener("0.0.0.0");
        surroundings.gone.add(wildcard.address());
        assertEquals(Optional.empty(), footing.trouble(wildcard, List.of("soft1")));
        assertTrue(footing.trouble(wildcard, List.of()).isPresent());
        assertEquals(Optional.empty(), footing.downPort(wildcard.address()));
    }
}
