package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

class SharedAddressesTest {

    private static final TransportAddress ADDRESS =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.1", 4420);

    private final Source source = new Source(0, new SpecText("a.yaml", "one\ntwo\n"));
    private final Problems problems = new Problems();
    private final SharedAddresses addresses = new SharedAddresses(problems);

    private void use(int line, TransportAddress address, Map<String, String> settings) {
        addresses.use(address, settings, new Place(source, line, 1), SpecPath.ROOT.key("l" + line));
    }

    @Test
    void refusesOneAddressWithDifferentSettings() {
        use(1, ADDRESS, Map.of("secure_channel", "true"));
        use(2, ADDRESS, Map.of());

        assertEquals(
                Specs.lines(
                        "a.yaml:2:1: l2: address tcp 10.0.0.1:4420 has other settings at l1 (a.yaml:1)",
                        "    subsystems share an address with the same settings, or have one each"),
                Specs.report(problems.sorted()));
    }

    @Test
    void allowsOneAddressWithEqualSettings() {
        use(1, ADDRESS, Map.of("secure_channel", "true"));
        use(2, ADDRESS, Map.of("secure_channel", "true"));

        assertTrue(problems.isEmpty());
    }

    @Test
    void allowsAWildcardOfTheOtherFamilyOrTransportOrPort() {
        use(1, ADDRESS, Map.of());
        use(2, new TransportAddress(TransportType.TCP, AddressFamily.IPV6, "::", 4420), Map.of());
        use(2, new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, "0.0.0.0", 4420), Map.of());
        use(2, new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "0.0.0.0", 4421), Map.of());

        addresses.reportCovered();

        assertTrue(problems.isEmpty());
    }
}
