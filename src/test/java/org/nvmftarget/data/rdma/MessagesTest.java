package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

class MessagesTest {

    private static final TransportAddress ADDRESS =
            new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, "10.0.0.9", 4420);

    private final Path sys;

    MessagesTest(@TempDir Path sys) {
        this.sys = sys;
    }

    @Test
    void withoutADeviceTheWayToSoftRoceIsTold() {
        StepResult.Waiting waiting = waiting(VerbsException.ENODEV);
        assertEquals("ENODEV", waiting.errno());
        assertTrue(waiting.message().contains("rdma link add rxe0 type rxe netdev eth0"), waiting.message());
    }

    @Test
    void anAddressOfNoDeviceIsToldWithThoseThatTheyOwn() throws IOException {
        device();
        assertEquals(
                "no RDMA device owns 10.0.0.9; RDMA devices own 10.0.0.1 (rxe0), fe80::1%d0 (rxe0)",
                waiting(VerbsException.ENODEV).message());
    }

    @Test
    void aPortInUseIsWaitedFor() throws IOException {
        device();
        assertEquals("EADDRINUSE", waiting(VerbsException.EADDRINUSE).errno());
    }

    @Test
    void aPortThatAWildcardHasIsInUseThoughTheKernelSaysOtherwise() throws IOException {
        assertEquals("EADDRNOTAVAIL", waiting(VerbsException.EADDRNOTAVAIL).errno());
        Path table = Files.createDirectories(sys.resolve("infiniband/rxe0/ports/1/gid_attrs/ndevs"));
        Files.writeString(table.resolve("0"), "10.0.0.9\n");
        assertEquals("EADDRINUSE", waiting(VerbsException.EADDRNOTAVAIL).errno());
    }

    @Test
    void anErrorThatNothingOutsideMendsIsAFailure() {
        StepResult result = Messages.listener(new VerbsException("rdma_listen", "10.0.0.9", 1), ADDRESS, devices());
        assertEquals("rdma_listen of 10.0.0.9 failed: EPERM", ((StepResult.Failed) result).message());
    }

    @Test
    void memoryThatCannotBePinnedNamesBytesAndLimit() throws IOException {
        Path limits = sys.resolve("limits");
        Files.writeString(limits, """
                Limit                     Soft Limit           Hard Limit           Units
                Max locked memory         8388608              8388608              bytes
                """);
        String message = Messages.memlock(limits);
        assertTrue(message.contains("may lock 8388608 bytes") && message.contains("LimitMEMLOCK"), message);
        String error =
                Messages.resources(new VerbsException("ibv_reg_mr", "41943040 bytes for rxe0", VerbsException.ENOMEM));
        assertTrue(error.startsWith("ibv_reg_mr of 41943040 bytes for rxe0 failed: ENOMEM; "), error);
    }

    private StepResult.Waiting waiting(int errno) {
        return (StepResult.Waiting)
                Messages.listener(new VerbsException("rdma_bind_addr", "10.0.0.9", errno), ADDRESS, devices());
    }

    private DeviceAddresses devices() {
        return new DeviceAddresses(
                sys.resolve("infiniband"),
                netdev -> List.of(netdev.equals("d0") ? "10.0.0.1" : netdev, "fe80::1%" + netdev));
    }

    private void device() throws IOException {
        Path table = Files.createDirectories(sys.resolve("infiniband/rxe0/ports/1/gid_attrs/ndevs"));
        Files.writeString(table.resolve("0"), "d0\n");
        Files.writeString(table.resolve("2"), "d0\n");
    }
}
