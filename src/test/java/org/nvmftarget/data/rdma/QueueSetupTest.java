package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

class QueueSetupTest {

    private static final TransportAddress LISTENER =
            new TransportAddress(TransportType.RDMA, AddressFamily.IPV6, "::", 4420);

    private static QueueSetup from(String host, int port) throws Exception {
        FakeVerbs verbs = new FakeVerbs();
        TransportOptions.Rdma options = TransportOptions.rdma();
        return new QueueSetup(
                new ConnectData(1, 16),
                LISTENER,
                LISTENER,
                new InetSocketAddress(host, port),
                options,
                new QueueMemory(QueueMemory.Shape.of(16, options), Arena.ofAuto(), verbs.domain),
                16,
                32);
    }

    @Test
    void aHostIsToldByItsAddressAndPort() throws Exception {
        assertEquals("[fd00::2]:50000", from("fd00:0:0:0:0:0:0:2", 50000).peer());
        assertEquals(
                Optional.of(new TransportAddress(TransportType.RDMA, AddressFamily.IPV6, "fd00::2", 50000)),
                from("fd00::2", 50000).peerAddress());
    }

    @Test
    void aHostThatSaysPortZeroHasNoAddressToGoTo() throws Exception {
        assertEquals("10.0.0.2:0", from("10.0.0.2", 0).peer());
        assertEquals(Optional.empty(), from("10.0.0.2", 0).peerAddress());
    }
}
