package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.verbs.Flavor;
import org.nvmftarget.verbs.host.NvmeHost;

/** Devices and addresses that go and return under a target that runs on. */
class DeviceLossSimTest {

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final TransportAddress FIRST = SimRig.ADDRESSES.get(0);
    private static final TransportAddress SECOND = SimRig.ADDRESSES.get(1);

    private static SimRig rig(long seed, Flavor flavor) {
        return new SimRig(seed, flavor, TransportOptions.rdma());
    }

    private static Flavor flavor(long seed) {
        return seed % 2 == 0 ? Flavor.ADAPTER : Flavor.SOFT_ROCE;
    }

    private static NvmeHost connected(SimRig rig, int device) {
        NvmeHost host = rig.host(device, 2, 8);
        assertTrue(rig.within(SOON, host::isReady), host::end);
        return host;
    }

    private static Set<TransportAddress> live(SimRig rig) {
        return Objects.requireNonNull(
                        rig.target.snapshot().config().subsystems().get(SimRig.NQN))
                .listeners()
                .keySet();
    }

    private static void assertLost(SimRig rig, TransportAddress address) {
        assertTrue(rig.within(SOON, () -> !live(rig).contains(address)), address + " is live no longer");
        assertEquals(
                Set.of(address),
                Objects.requireNonNull(rig.target.snapshot().subsystems().get(SimRig.NQN))
                        .lostListeners()
                        .keySet());
    }

    private static boolean isReleased(SimRig rig) {
        return rig.rdma.heldUp().isEmpty() && rig.rdma.remembered() == 0;
    }

    private static void assertStopsClean(SimRig rig) {
        rig.hosts.forEach(NvmeHost::disconnect);
        rig.within(Duration.ofSeconds(60), () -> rig.queuePairs() == 0);
        rig.target.stop(SimRig.PATIENCE);
        assertEquals("[]", rig.world.ledger().describe().toString());
        assertEquals(List.of(), rig.world.violations());
        assertFalse(rig.surroundings.isWatched);
    }

    @Property(tries = 10)
    void aDeviceThatIsRemovedTakesItsListenerAlongAndIsReleasedAndTheOtherGoesOn(@ForAll long seed) {
        SimRig rig = rig(seed, flavor(seed));
        NvmeHost there = connected(rig, 0);
        NvmeHost other = connected(rig, 1);

        rig.rdma.removeDevice("soft0");

        assertLost(rig, FIRST);
        assertTrue(
                rig.within(Duration.ofSeconds(60), () -> isReleased(rig)),
                () -> rig.rdma.heldUp().toString());
        assertTrue(rig.within(Duration.ofSeconds(60), there::isOver));
        assertEquals(3, rig.queuePairs());
        assertTrue(other.isReady(), other::end);
        assertEquals(Set.of(SECOND), live(rig));
        assertStopsClean(rig);
    }

    @Property(tries = 10)
    void aDeviceThatReturnsServesAgainWithoutARestart(@ForAll long seed) {
        SimRig rig = rig(seed, flavor(seed));
        NvmeHost _ = connected(rig, 0);
        rig.rdma.removeDevice("soft0");
        assertLost(rig, FIRST);
        assertTrue(isWaiting(rig, FIRST));

        rig.insert("soft0");
        rig.done(new Step.AddListener(SimRig.NQN, FIRST));

        NvmeHost again = connected(rig, 0);
        assertTrue(again.isReady());
        assertEquals(Set.of(FIRST, SECOND), live(rig));
        assertStopsClean(rig);
    }

    @Property(tries = 20)
    void aDeviceThatIsReplacedAtOnceStaysOpenUntilNothingOfItIsInUse(@ForAll long seed) {
        SimRig rig = rig(seed, flavor(seed));
        NvmeHost _ = connected(rig, 0);
        rig.rdma.removeDevice("soft0");
        rig.insert("soft0");
        assertLost(rig, FIRST);

        rig.done(new Step.AddListener(SimRig.NQN, FIRST));

        assertTrue(connected(rig, 0).isReady());
        assertTrue(rig.within(Duration.ofSeconds(60), () -> isReleased(rig)));
        assertStopsClean(rig);
    }

    /** Whoever takes it into use again then would hold up its removal. */
    @Property(tries = 10)
    void aDeviceThatIsBeingRemovedIsNotListenedOnAgain(@ForAll long seed) {
        SimRig rig = rig(seed, flavor(seed));
        NvmeHost _ = connected(rig, 0);
        rig.rdma.beginRemoval("soft0");
        rig.surroundings.news();
        assertLost(rig, FIRST);

        assertTrue(isWaiting(rig, FIRST));
        assertInstanceOf(StepResult.Waiting.class, rig.apply(new Step.AddListener(SimRig.NQN, FIRST)));

        assertEquals(Set.of(SECOND), live(rig));
        rig.rdma.removeDevice("soft0");
        assertTrue(rig.within(Duration.ofSeconds(60), () -> isReleased(rig)));
        rig.insert("soft0");
        rig.done(new Step.AddListener(SimRig.NQN, FIRST));
        assertTrue(connected(rig, 0).isReady());
        assertStopsClean(rig);
    }

    private static boolean isWaiting(SimRig rig, TransportAddress address) {
        return rig.target.probe(new Step.AddListener(SimRig.NQN, address)).isPresent();
    }

    @Property(tries = 8)
    void theOnlyDeviceIsReleasedAsSoonAsThereIsAnother(@ForAll long seed) {
        SimRig rig = rig(seed, flavor(seed));
        rig.rdma.removeDevice("soft1");
        assertTrue(rig.within(SOON, () -> isReleased(rig)));
        rig.rdma.removeDevice("soft0");
        rig.pass(SOON);
        assertEquals(1, rig.rdma.remembered(), "librdmacm cannot be made to forget the last one");
        assertTrue(rig.rdma.heldUp().isEmpty(), () -> rig.rdma.heldUp().toString());

        rig.insert("soft1");

        assertTrue(rig.within(SOON, () -> isReleased(rig)));
        assertStopsClean(rig);
    }

    @Test
    void anAddressThatGoesTakesItsListenerAlongAndLeavesItsHosts() {
        SimRig rig = rig(1, Flavor.ADAPTER);
        NvmeHost host = connected(rig, 0);

        rig.surroundings.gone.add(FIRST);
        rig.surroundings.news();

        assertLost(rig, FIRST);
        rig.pass(Duration.ofSeconds(30));
        assertTrue(host.isReady(), host::end);

        rig.surroundings.gone.clear();
        rig.done(new Step.AddListener(SimRig.NQN, FIRST));
        rig.pass(Duration.ofSeconds(30));
        assertTrue(host.isReady(), host::end);
        assertTrue(connected(rig, 0).isReady());
        assertStopsClean(rig);
    }

    @Test
    void newsThatChangeNothingLoseNothing() {
        SimRig rig = rig(2, Flavor.ADAPTER);
        rig.surroundings.news();
        rig.pass(Duration.ofSeconds(30));

        assertEquals(Set.of(FIRST, SECOND), live(rig));
        assertStopsClean(rig);
    }

    @Property(tries = 10)
    void anAddressThatMovedIsListenedToAnew(@ForAll long seed) {
        SimRig rig = rig(seed, Flavor.ADAPTER);
        rig.rdma.changeAddress(java.net.InetAddress.ofLiteral(FIRST.traddr()));

        assertLost(rig, FIRST);
        rig.done(new Step.AddListener(SimRig.NQN, FIRST));

        assertTrue(connected(rig, 0).isReady());
        assertStopsClean(rig);
    }

    @Property(tries = 8)
    void aDeviceThatGoesWhileHostsConnectLeavesNothingBehind(@ForAll long seed) {
        SimRig rig = rig(seed, flavor(seed));
        for (int n = 0; n < 6; n++) {
            rig.host(0, 3, 16);
        }
        rig.pass(Duration.ofNanos(rig.world.between(0, 300_000_000)));

        rig.rdma.removeDevice("soft0");

        assertTrue(
                rig.within(Duration.ofSeconds(90), () -> rig.queuePairs() == 0 && isReleased(rig)),
                () -> rig.rdma.heldUp().toString());
        assertStopsClean(rig);
    }
}
