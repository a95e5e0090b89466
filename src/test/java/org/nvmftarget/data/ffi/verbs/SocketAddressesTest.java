package org.nvmftarget.data.ffi.verbs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class SocketAddressesTest {

    private final Arena arena = Arena.ofAuto();

    @Test
    void anInet4AddressHasItsPortInNetworkOrder() {
        MemorySegment s = SocketAddresses.encode(new InetSocketAddress("10.0.0.1", 4420), arena);
        assertEquals(0x11, s.get(ValueLayout.JAVA_BYTE, 2));
        assertEquals(0x44, s.get(ValueLayout.JAVA_BYTE, 3));
        assertEquals(new InetSocketAddress("10.0.0.1", 4420), SocketAddresses.decode(s));
    }

    @Test
    void aLinkLocalAddressKeepsItsScope() throws UnknownHostException {
        byte[] bytes = InetAddress.getByName("fe80::1").getAddress();
        InetSocketAddress address = new InetSocketAddress(Inet6Address.getByAddress(null, bytes, 7), 4420);
        InetSocketAddress back = SocketAddresses.decode(SocketAddresses.encode(address, arena));
        assertEquals(7, ((Inet6Address) back.getAddress()).getScopeId());
        assertEquals(address, back);
    }

    @Test
    void anUnknownFamilyIsNoAddress() {
        assertEquals(new InetSocketAddress("0.0.0.0", 0), SocketAddresses.decode(arena.allocate(128)));
    }
}
