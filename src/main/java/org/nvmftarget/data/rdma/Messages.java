package org.nvmftarget.data.rdma;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;

/** What an operator is told when a listener cannot be opened. */
final class Messages {
    private Messages() {}

    private static final String NO_DEVICE =
            "no RDMA device on this machine; on an Ethernet device soft-RoCE makes one: "
                    + "modprobe rdma_rxe; rdma link add rxe0 type rxe netdev eth0";

    /** What is wrong with {@code address}: waiting for the outside, or failed. */
    static StepResult listener(VerbsException e, TransportAddress address, DeviceAddresses devices) {
        return switch (e.errno()) {
            case VerbsException.ENODEV, VerbsException.ENOENT ->
                devices.devices().isEmpty()
                        ? new StepResult.Waiting("ENODEV", NO_DEVICE)
                        : new StepResult.Waiting(
                                "ENODEV", "no RDMA device owns " + address.traddr() + "; " + owned(devices));
            // The kernel says so too where a wildcard has the port.
            case VerbsException.EADDRNOTAVAIL ->
                address.isWildcard() || devices.portOf(address.traddr()).isPresent()
                        ? inUse(address)
                        : new StepResult.Waiting(
                                "EADDRNOTAVAIL",
                                address.traddr() + " is not an address of this machine; " + owned(devices));
            case VerbsException.EADDRINUSE -> inUse(address);
            default -> new StepResult.Failed(resources(e));
        };
    }

    /** @param down the port, if it is */
    static StepResult portDown(Optional<DeviceAddresses.Port> down) {
        return down.<StepResult>map(port ->
                        new StepResult.Waiting("ENETDOWN", port + ", which has the address, is " + port.state()))
                .orElse(StepResult.DONE);
    }

    private static StepResult inUse(TransportAddress address) {
        return new StepResult.Waiting(
                "EADDRINUSE",
                "port " + address.trsvcid() + " of " + address.traddr()
                        + " is in use for RDMA, there or on all addresses");
    }

    private static String owned(DeviceAddresses devices) {
        List<String> owned = devices.owned();
        return owned.isEmpty() ? "RDMA devices own no address" : "RDMA devices own " + String.join(", ", owned);
    }

    /** The error itself; where memory could not be pinned, with the limit that stands in the way. */
    static String resources(VerbsException e) {
        boolean pinning = e.operation().equals("ibv_reg_mr") && e.errno() == VerbsException.ENOMEM;
        return pinning ? e.getMessage() + "; " + memlock(Path.of("/proc/self/limits")) : String.valueOf(e.getMessage());
    }

    /** @param limits a file as {@code /proc/self/limits} */
    static String memlock(Path limits) {
        String soft = "unknown";
        try {
            soft = Files.readAllLines(limits).stream()
                    .filter(line -> line.startsWith("Max locked memory"))
                    .map(line -> line.substring("Max locked memory".length()).strip())
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .findFirst()
                    .orElse(soft);
        } catch (IOException unreadable) {
            // The message does without the number.
        }
        return "this process may lock " + soft + " bytes (RLIMIT_MEMLOCK): raise it with LimitMEMLOCK=infinity in the "
                + "systemd unit, or ulimit -l unlimited";
    }
}
