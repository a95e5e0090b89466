package org.nvmftarget.data.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

class AddressesTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "::, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8:0:0:0:0:0:0, 2001:db8::",
        "fd00:0:0:1:0:0:0:1, fd00:0:0:1::1"
    })
    void shouldWriteAddressesAsRfc5952Has(String text, String expected) {
        assertEquals(expected, Addresses.text(InetAddress.ofLiteral(text)));
    }

    @Test
    void shouldNameTheFamilyOfAnAddress() {
        InetSocketAddress socket = new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 4420);

        assertEquals(
                new TransportAddress(TransportType.TCP, AddressFamily.IPV6, "2001:db8::7", 4420),
                Addresses.toTransportAddress(TransportType.TCP, socket));
        assertEquals("[2001:db8::7]:4420", Addresses.text(socket));
    }

    @Test
    void shouldKnowWhichAddressesAreHere() {
        assertTrue(Addresses.isHere(new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.1", 4420)));
        assertFalse(Addresses.isHere(new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "203.0.113.9", 4420)));
        assertFalse(Addresses.isHere(
                new TransportAddress(TransportType.TCP, AddressFamily.IPV6, "fe80::1%nonesuch0", 4420)));
    }

    @Test
    void shouldAddTheInterfaceToALinkLocalAddressAlone() {
        InetAddress global = InetAddress.ofLiteral("2001:db8::7");
        InetAddress nobodys = InetAddress.ofLiteral("fe80::dead:beef:dead:beef");

        assertEquals(List.of(global), Addresses.withInterface(global));
        assertEquals(List.of(), Addresses.withInterface(nobodys));
    }

    @Test
    void shouldResolveToNothingWhereTheInterfaceIsMissing() {
        TransportAddress missing =
                new TransportAddress(TransportType.TCP, AddressFamily.IPV6, "fe80::1%nonesuch0", 4420);

        assertTrue(Addresses.resolve(missing).isEmpty());
    }
}
