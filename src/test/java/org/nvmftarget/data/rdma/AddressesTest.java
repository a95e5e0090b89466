package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

class AddressesTest {

    @Test
    void ipv6IsWrittenAsRfc5952Says() {
        assertEquals("::", text("0:0:0:0:0:0:0:0"));
        assertEquals("::1", text("0:0:0:0:0:0:0:1"));
        assertEquals("2001:db8::1:0:0:1", text("2001:0db8:0:0:1:0:0:1"));
        assertEquals("2001:db8:0:1:1:1:1:1", text("2001:db8:0:1:1:1:1:1"));
        assertEquals("fe80::1", text("fe80::1"));
    }

    @Test
    void aSocketAddressBecomesATransportAddress() {
        assertEquals(
                new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, "10.0.0.1", 4420),
                Addresses.of(new InetSocketAddress("10.0.0.1", 4420)));
        assertEquals("[::1]:4420", Addresses.text(new InetSocketAddress(InetAddress.ofLiteral("::1"), 4420)));
    }

    @Test
    void aScopeThatIsNotHereIsNamed() {
        TransportAddress address =
                new TransportAddress(TransportType.RDMA, AddressFamily.IPV6, "fe80::1%nosuchif0", 4420);
        assertThrows(IllegalArgumentException.class, () -> Addresses.of(address));
    }

    private static String text(String literal) {
        return Addresses.text(InetAddress.ofLiteral(literal));
    }
}
