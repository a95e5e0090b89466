package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;
import org.nvmftarget.verbs.Faults;
import org.nvmftarget.verbs.Flavor;
import org.nvmftarget.verbs.Ledger;
import org.nvmftarget.verbs.SoftDevice;
import org.nvmftarget.verbs.host.NvmeHost;

/** How connections come about, and how those go that do not come about whole. */
class ConnectionLifeSimTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int READS = 4;

    private static NvmeHost.Profile profile(int ioQueues, int entries, int readsServed, boolean connects) {
        return new NvmeHost.Profile(
                SimRig.NQN.value(), SimRig.HOST.value(), ioQueues, entries, 10_000, readsServed, connects);
    }

    private static SimRig rig(long seed, TransportOptions.Rdma options) {
        return new SimRig(seed, Flavor.ADAPTER, options);
    }

    private static SimRig rig(long seed) {
        return rig(seed, TransportOptions.rdma());
    }

    private static void assertNothingLeft(SimRig rig) {
        assertTrue(rig.within(Duration.ofSeconds(60), () -> rig.queuePairs() == 0), "queue pairs are gone");
        rig.target.stop(SimRig.PATIENCE);
        assertEquals("[]", rig.world.ledger().describe().toString());
        assertEquals(List.of(), rig.world.violations());
    }

    @Property(tries = 5)
    void aHostThatDoesNotConnectItsQueueIsEndedInTime(@ForAll long seed) {
        SimRig rig = rig(seed);
        NvmeHost host = rig.host(0, profile(0, 8, READS, false));
        assertTrue(rig.within(SOON, () -> rig.queuePairs() == 1));

        rig.pass(Duration.ofSeconds(25));
        assertEquals(1, rig.queuePairs());

        assertTrue(rig.within(Duration.ofSeconds(15), host::isOver));
        assertNothingLeft(rig);
    }

    @Property(tries = 5)
    void aHostThatVanishesBeforeItHasConnectedIsEndedInTime(@ForAll long seed) {
        SimRig rig = rig(seed);
        NvmeHost host = rig.host(0, profile(0, 8, READS, false));
        assertTrue(rig.within(SOON, () -> rig.queuePairs() == 1));

        host.vanish();

        assertNothingLeft(rig);
    }

    @Property(tries = 5)
    void aHostThatIsConnectedIsNotEndedByTheTimeThatItHadForThat(@ForAll long seed) {
        SimRig rig = rig(seed);
        NvmeHost host = rig.host(0, 2, 8);
        assertTrue(rig.within(SOON, host::isReady), host::end);

        rig.pass(Duration.ofSeconds(90));

        assertFalse(host.isOver(), host::end);
        host.disconnect();
        assertNothingLeft(rig);
    }

    @Property(tries = 5)
    void aConnectionThatIsInUseNeedsNoConfirmation(@ForAll long seed) {
        SimRig rig = rig(seed);
        rig.rdma.loseConfirmations();
        NvmeHost host = rig.host(0, 2, 8);
        assertTrue(rig.within(SOON, host::isReady), host::end);

        rig.pass(Duration.ofSeconds(90));

        assertFalse(host.isOver(), host::end);
        host.disconnect();
        assertNothingLeft(rig);
    }

    @Test
    void eventsThatCouldNotBeReadAreReadLater() {
        SimRig rig = rig(7);
        rig.world.faults().fail(Faults.Point.NEXT_EVENT, 0, VerbsException.ENOMEM);
        NvmeHost host = rig.host(0, 2, 8);

        assertTrue(rig.within(SOON, host::isReady), host::end);
        host.disconnect();
        assertNothingLeft(rig);
    }

    private static String refusal(SimRig rig, int device, NvmeHost.Profile profile) {
        NvmeHost host = rig.host(device, profile);
        assertTrue(rig.within(Duration.ofSeconds(20), host::isOver), "the host gives up");
        return String.valueOf(host.end());
    }

    @Test
    void aQueueThatIsTooDeepIsRefusedForItsSize() {
        SimRig rig = rig(1);
        assertTrue(refusal(rig, 0, profile(1, 129, READS, true)).endsWith("status " + Reject.INVALID_HSQSIZE.code()));
        assertNothingLeft(rig);
    }

    @Test
    void aHostThatServesNoReadsIsRefusedForThat() {
        SimRig rig = rig(2);
        assertTrue(refusal(rig, 0, profile(1, 8, 0, true)).endsWith("status " + Reject.INVALID_IRD.code()));
        assertNothingLeft(rig);
    }

    @Test
    void aDeviceThatIssuesNoReadsRefusesForThat() {
        SimRig rig = rig(3);
        DeviceLimits l = SoftDevice.LIMITS;
        DeviceLimits mute = new DeviceLimits(
                l.vendorId(),
                l.maxMrSizeBytes(),
                l.maxQp(),
                l.maxQpWr(),
                l.maxSge(),
                l.maxSgeRd(),
                l.maxCq(),
                l.maxCqe(),
                l.maxMr(),
                l.maxPd(),
                l.maxQpRdAtom(),
                0,
                l.maxSrq(),
                l.maxSrqWr(),
                l.maxSrqSge(),
                l.sendsWithInvalidate());
        rig.rdma.removeDevice("soft1");
        rig.pass(SOON);
        rig.rdma.addDevice("mute", Flavor.ADAPTER, mute, InetAddress.ofLiteral("10.0.1.1"));
        rig.done(new Step.AddListener(SimRig.NQN, SimRig.ADDRESSES.get(1)));

        assertTrue(refusal(rig, 1, profile(1, 8, READS, true)).endsWith("status " + Reject.INVALID_ORD.code()));
        assertNothingLeft(rig);
    }

    @Test
    void aQueueThatTheSharedReceivesDoNotCoverIsRefusedAndTheOthersGoOn() {
        TransportOptions.Rdma options = TransportOptions.rdma();
        SimRig rig =
                rig(4, new TransportOptions.Rdma(options.common(), 128, false, 4096, 128, false, 4095, options.poll()));
        NvmeHost first = rig.host(0, 2, 64);
        assertTrue(rig.within(SOON, first::isReady), first::end);

        assertTrue(refusal(rig, 0, profile(2, 64, READS, true)).endsWith("status " + Reject.NO_RESOURCES.code()));

        rig.pass(Duration.ofSeconds(30));
        assertTrue(first.isReady(), first::end);
        first.disconnect();
        assertNothingLeft(rig);
    }

    @Test
    void hundredsOfQueuesAreSpreadOverTheReactorsAndNothingStays() {
        SimRig rig = rig(5);
        List<NvmeHost> hosts = new ArrayList<>();
        for (int n = 0; n < 50; n++) {
            hosts.add(rig.host(n % 2, 4, 16));
        }

        assertTrue(rig.within(Duration.ofSeconds(60), () -> hosts.stream().allMatch(NvmeHost::isReady)));
        assertEquals(250, rig.queuePairs());
        // An I/O queue counts as its 16 entries, an admin queue as 1.
        long each = rig.loads().of(rig.reactors.get(0));
        assertEquals(50 * 4 * 16 + 50, each + rig.loads().of(rig.reactors.get(1)));
        assertTrue(Math.abs(each - rig.loads().of(rig.reactors.get(1))) <= 16, "the load is even: " + each);

        hosts.forEach(NvmeHost::disconnect);
        assertTrue(rig.within(
                Duration.ofSeconds(60),
                () -> rig.loads().of(rig.reactors.get(0)) + rig.loads().of(rig.reactors.get(1)) == 0));
        assertNothingLeft(rig);
    }

    @Test
    void aDeviceThatNobodyListensOnGivesItsMemoryBackWithItsLastConnection() {
        SimRig rig = rig(8);
        NvmeHost host = rig.host(0, 2, 8);
        assertTrue(rig.within(SOON, host::isReady), host::end);
        assertEquals(2, rig.world.ledger().count(Ledger.Kind.DOMAIN));

        rig.done(new Step.RemoveListener(SimRig.NQN, SimRig.ADDRESSES.get(0)));

        assertTrue(rig.within(SOON, host::isOver));
        assertTrue(rig.within(SOON, () -> rig.world.ledger().count(Ledger.Kind.DOMAIN) == 1), "one is let go of");
        rig.done(new Step.AddListener(SimRig.NQN, SimRig.ADDRESSES.get(0)));
        NvmeHost again = rig.host(0, 2, 8);
        assertTrue(rig.within(SOON, again::isReady), again::end);
        again.disconnect();
        assertNothingLeft(rig);
    }

    @Test
    void aWildcardAcceptsOnEveryDevice() {
        SimRig rig = rig(6);
        TransportAddress wildcard = new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, "0.0.0.0", 4421);
        rig.done(new Step.AddListener(SimRig.NQN, wildcard));
        NvmeHost host = rig.hostAt(new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, "10.0.1.1", 4421));

        assertTrue(rig.within(SOON, host::isReady), host::end);
        assertEquals(1, rig.world.ledger().count(Ledger.Kind.DOMAIN) - 1, "a domain on each device in use");
        host.disconnect();
        assertNothingLeft(rig);
    }
}
