package org.nvmftarget.verbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.CmEvent;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** The provider's connection manager does what librdmacm's does. */
class ConnectionManagerTest {

    @Test
    void aRequestTellsWhatTheHostAskedFor() throws VerbsException {
        Connected c = new Connected(1);
        CmEvent.Connect connect = Objects.requireNonNull(request(c).connect());
        assertEquals(1, connect.privateData().get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(56, connect.privateData().byteSize());
        assertEquals(Connected.READS, connect.initiatorDepth());
    }

    private static CmEvent request(Connected c) throws VerbsException {
        HostLink _ = c.host();
        return c.event(CmEvent.Type.CONNECT_REQUEST);
    }

    @Property(tries = 20)
    void aHostThatDisconnectsIsHeardOf(@ForAll long seed) throws VerbsException {
        Connected c = new Connected(seed);
        c.establish();
        c.link.disconnect();
        assertEquals(c.id, c.event(CmEvent.Type.DISCONNECTED).id());
    }

    @Property(tries = 20)
    void aDisconnectFlushesAndTellsTheHost(@ForAll long seed) throws VerbsException {
        Connected c = new Connected(seed);
        c.postReceives(2);
        c.establish();
        c.id.disconnect();
        assertEquals(2, c.settle().size());
        assertEquals(1, c.ends.size());
        assertEquals(c.id, c.event(CmEvent.Type.DISCONNECTED).id());
        c.id.disconnect();
    }

    @Test
    void aHostThatGivesUpBeforeItIsAcceptedIsHeardOfAndCannotBeAccepted() throws VerbsException {
        Connected c = new Connected(2);
        c.link.disconnect();
        assertEquals(c.id, c.event(CmEvent.Type.REJECTED).id());
        assertThrows(VerbsException.class, c::establish);
    }

    @Test
    void aHostThatVanishesBeforeItConfirmsIsUnreachableInTheEnd() throws VerbsException {
        Connected c = new Connected(3);
        c.id.accept(new byte[1], 0, 1, 7);
        c.link.vanish();
        assertEquals(-110, c.event(CmEvent.Type.UNREACHABLE).status());
    }

    @Test
    void aHostThatVanishedIsHeardOfAfterADisconnectOnly() throws VerbsException {
        Connected c = new Connected(4);
        c.establish();
        c.link.vanish();
        c.world.pass(60 * Connected.SECOND);
        assertNull(c.channel.next());
        c.id.disconnect();
        assertEquals(c.id, c.event(CmEvent.Type.DISCONNECTED).id());
    }

    @Test
    void acceptTakesNoMoreReadsThanTheDeviceCan() throws VerbsException {
        Connected c = new Connected(5);
        assertThrows(VerbsException.class, () -> c.id.accept(new byte[1], 0, 17, 7));
        assertThrows(IllegalArgumentException.class, () -> c.id.accept(new byte[197], 0, 1, 7));
        c.establish();
        assertEquals(Connected.READS, c.qp.maxReads());
    }

    @Test
    void anAddressIsTakenOnceAndMustBeADevices() throws VerbsException {
        Connected c = new Connected(6);
        c.rdma.addPlainAddress(InetAddress.ofLiteral("10.0.0.2"));
        assertEquals(VerbsException.EADDRINUSE, bindFault(c, "10.0.0.1", 4420));
        assertEquals(VerbsException.EADDRNOTAVAIL, bindFault(c, "0.0.0.0", 4420));
        assertEquals(VerbsException.ENODEV, bindFault(c, "10.0.0.2", 4420));
        assertEquals(VerbsException.EADDRNOTAVAIL, bindFault(c, "10.0.0.3", 4420));
        assertEquals(0, bindFault(c, "0.0.0.0", 4421));
    }

    private static int bindFault(Connected c, String address, int port) throws VerbsException {
        try (CmId id = c.channel.createId()) {
            id.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
            return 0;
        } catch (VerbsException e) {
            return e.errno();
        }
    }

    @Test
    void whereNobodyListensAHostIsToldSo() throws VerbsException {
        Connected c = new Connected(7);
        c.listener.close();
        HostLink late = c.host();
        c.world.pass(5 * Connected.SECOND);
        assertTrue(late.isOver());
    }

    @Test
    void requestsThatNobodyHasSeenEndWithTheirListener() throws VerbsException {
        Connected c = new Connected(8);
        HostLink late = c.host();
        c.world.pass(5 * Connected.SECOND);
        assertFalse(late.isOver());
        c.listener.close();
        c.world.pass(5 * Connected.SECOND);
        assertTrue(late.isOver());
        assertNull(c.channel.next());
        assertEquals(1, c.world.ledger().count(Ledger.Kind.ID));
    }

    @Test
    void idsOfARemovedDeviceAreToldAndANewOneTakesItsPlace() throws VerbsException {
        Connected c = new Connected(9);
        c.establish();
        c.rdma.removeDevice("soft0");
        c.event(CmEvent.Type.DEVICE_REMOVAL);
        c.event(CmEvent.Type.DEVICE_REMOVAL);
        assertEquals(1, c.rdma.remembered());
        assertThrows(VerbsException.class, c.rdma::refreshDevices);
        SoftDevice again = c.rdma.addDevice("soft0", Flavor.ADAPTER, SoftDevice.LIMITS, Connected.ADDRESS.getAddress());
        c.rdma.refreshDevices();
        assertEquals(0, c.rdma.remembered());
        c.listener.close();
        CmId listener = c.channel.createId();
        listener.bind(Connected.ADDRESS);
        assertEquals(again, listener.device());
    }

    @Test
    void anAddressThatMovesIsToldToTheIdsThatAreBoundToIt() throws VerbsException {
        Connected c = new Connected(10);
        c.rdma.changeAddress(Connected.ADDRESS.getAddress());
        c.event(CmEvent.Type.ADDR_CHANGE);
        c.event(CmEvent.Type.ADDR_CHANGE);
    }
}
