package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.ADDRESS;
import static org.nvmftarget.data.target.TestTarget.BLOCK;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.OTHER_ADDRESS;
import static org.nvmftarget.data.target.TestTarget.OTHER_HOST;
import static org.nvmftarget.data.target.TestTarget.TIMEOUT;
import static org.nvmftarget.data.target.TestTarget.connectData;
import static org.nvmftarget.data.target.TestTarget.namespace;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

class StepsTest {

    private static final Nqn SECOND = new Nqn("nqn.2026-11.org.example:disk1");

    private final TestTarget t = TestTarget.serving();

    private void fails(Step step) {
        assertInstanceOf(StepResult.Failed.class, t.apply(step), step.toString());
    }

    @Test
    void theSnapshotIsWhatWasApplied() {
        LiveState live = t.target.snapshot();
        SubsystemSpec s = t.spec();
        assertEquals("NT01", s.serialNumber());
        assertTrue(s.allowAnyHost());
        assertFalse(s.protect());
        assertEquals(List.of(ADDRESS), List.copyOf(s.listeners().keySet()));
        assertEquals(namespace(1, "disk0"), s.namespaces().get(new Nsid(1)));
        assertEquals(TestTarget.malloc("disk0", 1024), live.config().bdevs().get("disk0"));
        assertEquals(TransportOptions.tcp(), live.config().transports().get(TransportType.TCP));
    }

    @Test
    void whatIsThereAlreadyIsNotMadeAgain() {
        fails(new Step.CreateTransport(TransportOptions.tcp()));
        fails(new Step.CreateTransport(TransportOptions.rdma()));
        fails(new Step.CreateBdev(TestTarget.malloc("disk0", 1024)));
        fails(new Step.CreateSubsystem(NQN, "x", "y", 32, 1, 2));
        fails(new Step.CreateSubsystem(Nqn.DISCOVERY, "x", "y", 32, 1, 2));
        fails(new Step.AddNamespace(NQN, namespace(1, "disk0")));
        fails(new Step.AddListener(NQN, ADDRESS));
        fails(new Step.SetAllowAnyHost(NQN, true));
        fails(new Step.ResizeBdev("disk0", 1024L * BLOCK));
    }

    @Test
    void whatIsNotThereIsNotRemoved() {
        fails(new Step.RemoveTransport(TransportType.RDMA));
        fails(new Step.RemoveBdev("none"));
        fails(new Step.ResizeBdev("none", 512));
        fails(new Step.RemoveSubsystem(SECOND));
        fails(new Step.RemoveNamespace(NQN, new Nsid(9)));
        fails(new Step.RemoveHost(NQN, HOST));
        fails(new Step.RemoveListener(NQN, OTHER_ADDRESS));
        fails(new Step.AddHost(SECOND, HOST));
    }

    @Test
    void aBdevBelongsToOneNamespaceAndStaysAsLong() {
        fails(new Step.RemoveBdev("disk0"));
        fails(new Step.AddNamespace(NQN, namespace(2, "disk0")));
        fails(new Step.AddNamespace(NQN, namespace(2, "none")));
        t.done(new Step.RemoveNamespace(NQN, new Nsid(1)));
        t.done(new Step.RemoveBdev("disk0"));
        assertTrue(t.target.snapshot().config().bdevs().isEmpty());
    }

    @Test
    void aNamespaceBeyondTheMaximumIsRefused() {
        t.done(new Step.CreateBdev(TestTarget.malloc("disk1", 8)));
        fails(new Step.AddNamespace(NQN, namespace(33, "disk1")));
        t.done(new Step.AddNamespace(NQN, namespace(32, "disk1")));
    }

    @Test
    void aBdevShrinksAndWhatIsCutOffIsOutOfRange() {
        TestQueue io = t.io(t.admin(), 1, 1);
        t.done(new Step.ResizeBdev("disk0", 8L * BLOCK));
        assertEquals(
                Status.LBA_OUT_OF_RANGE | Status.DNR,
                io.read(Sq.io(Opcode.READ, 1, 8, 1), BLOCK).status());
        assertEquals(Status.SUCCESS, io.read(Sq.io(Opcode.READ, 1, 7, 1), BLOCK).status());
        BdevSpec spec = t.target.snapshot().config().bdevs().getOrDefault("disk0", TestTarget.malloc("none", 1));
        assertEquals(8L * BLOCK, spec.sizeBytes());
        fails(new Step.ResizeBdev("disk0", 100));
    }

    @Test
    void anAddressIsOpenedOnceAndClosedByTheLast() {
        t.done(new Step.CreateSubsystem(SECOND, "NT02", "m", 32, 1, 0xFFEF));
        t.done(new Step.AddListener(SECOND, ADDRESS));
        t.done(new Step.RemoveListener(NQN, ADDRESS));
        assertTrue(t.transport().listening.contains(ADDRESS));
        t.done(new Step.RemoveListener(SECOND, ADDRESS));
        assertTrue(t.transport().listening.isEmpty());
    }

    @Test
    void aTransportStaysAsLongAsItListens() {
        fails(new Step.RemoveTransport(TransportType.TCP));
        t.done(new Step.RemoveListener(NQN, ADDRESS));
        t.done(new Step.RemoveTransport(TransportType.TCP));
        assertTrue(t.transport().closed);
    }

    @Test
    void anAddressThatIsNotThereMakesTheListenerWait() {
        StepResult.Waiting waiting = new StepResult.Waiting("EADDRNOTAVAIL", "no such address");
        t.transport().missing = Optional.of(waiting);
        Step step = new Step.AddListener(NQN, OTHER_ADDRESS);
        assertEquals(Optional.of(waiting), t.target.probe(step));
        assertEquals(waiting, t.apply(step));
        SubsystemSpec s = t.spec();
        assertEquals(List.of(ADDRESS), List.copyOf(s.listeners().keySet()));
        assertEquals(Optional.empty(), t.target.probe(new Step.AddListener(SECOND, ADDRESS)));
    }

    @Test
    void eventsOfTransportsAreHandedOn() {
        AtomicInteger events = new AtomicInteger();
        t.target.onOutsideEvent(events::incrementAndGet);
        t.transport().outsideEvent();
        assertEquals(1, events.get());
    }

    @Test
    void newOptionsHoldForNewConnections() {
        TransportOptions.Tcp old = TransportOptions.tcp();
        TransportOptions.Tcp wanted = new TransportOptions.Tcp(old.common(), false, 3, 32);
        t.done(new Step.SetTransportOptions(wanted));
        assertEquals(wanted, t.target.snapshot().config().transports().get(TransportType.TCP));
        assertEquals(wanted, t.accept(0).options());
    }

    @Test
    void whoConnectedBeforeTheOptionsChangedIsTold() {
        t.done(new Step.AddHost(NQN, HOST));
        t.done(new Step.AddHost(NQN, OTHER_HOST));
        t.done(new Step.SetAllowAnyHost(NQN, false));
        t.admin();
        assertEquals(List.of(), onOldOptions());
        t.done(new Step.SetTransportOptions(TestTarget.tcpWithAdminDepth(64)));
        assertEquals(List.of(HOST), onOldOptions());
        t.admin(NQN, OTHER_HOST, 0);
        assertEquals(List.of(HOST), onOldOptions());
    }

    private List<Nqn> onOldOptions() {
        LiveState live = t.target.snapshot();
        return Objects.requireNonNull(live.subsystems().get(NQN)).controllers().stream()
                .filter(controller -> controller.isOlderThan(live.config()))
                .map(LiveState.Controller::host)
                .toList();
    }

    @Test
    void aHostThatLosesItsAccessIsDropped() {
        t.done(new Step.AddHost(NQN, HOST));
        t.done(new Step.AddHost(NQN, OTHER_HOST));
        t.done(new Step.SetAllowAnyHost(NQN, false));
        TestQueue admin = t.admin();
        TestQueue io = t.io(admin, 1, 1);
        TestQueue other = t.admin(NQN, OTHER_HOST, 0);
        t.done(new Step.RemoveHost(NQN, HOST));
        assertTrue(admin.isClosed());
        assertTrue(io.isClosed());
        assertFalse(other.isDisconnected());
        assertEquals(1, t.controllers().size());
    }

    @Test
    void aListenerTakesItsQueuesAlongAndNoOthers() {
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        TestQueue stays = t.admin();
        TestQueue goes = t.accept(OTHER_ADDRESS, OTHER_ADDRESS, 1);
        goes.connect(0, connectData(NQN, HOST, 0xFFFF));
        t.done(new Step.RemoveListener(NQN, OTHER_ADDRESS));
        assertTrue(goes.isClosed());
        assertFalse(stays.isDisconnected());
    }

    @Test
    void aSubsystemGoesWithAllThatItHas() {
        TestQueue admin = t.admin();
        TestQueue io = t.io(admin, 1, 1);
        t.pause(1);
        TestRequest held = io.read(Sq.io(Opcode.READ, 1, 0, 1), BLOCK);
        t.done(new Step.RemoveSubsystem(NQN));
        assertTrue(admin.isClosed() && io.isClosed());
        assertEquals(1, held.answers());
        assertTrue(t.target.snapshot().config().subsystems().isEmpty());
        assertTrue(t.transport().listening.isEmpty());
        t.done(new Step.RemoveBdev("disk0"));
    }

    @Test
    void aSubsystemThatCannotGoYetServesNobodyAndGoesLater() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestQueue io = t.io(t.admin(), 1, 1);
        TestRequest under = io.read(Sq.io(Opcode.READ, 2, 0, 1), BLOCK);
        fails(new Step.RemoveSubsystem(NQN));
        fails(new Step.AddHost(NQN, HOST));
        assertFalse(under.isAnswered());
        slow.completeAll();
        assertEquals(Status.SUCCESS, under.status());
        t.done(new Step.RemoveSubsystem(NQN));
        t.done(new Step.RemoveBdev("slow2"));
    }

    @Test
    void aStoppedTargetHasDisconnectedItsHostsAndFreedItsDevices() {
        TestQueue admin = t.admin();
        TestQueue io = t.io(admin, 1, 1);
        SlowBdev slow = t.addSlowNamespace(2);
        t.target.stop(TIMEOUT);
        assertTrue(admin.isClosed() && io.isClosed());
        assertTrue(slow.closed);
        assertTrue(t.transport().closed);
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.PauseSubsystem(NQN, new TreeSet<>())));
    }

    @Test
    void aStoppedTargetLeavesADeviceThatIsStillWorkedOn() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestQueue io = t.io(t.admin(), 1, 1);
        TestRequest under = io.read(Sq.io(Opcode.READ, 2, 0, 1), BLOCK);
        t.target.stop(TIMEOUT);
        assertFalse(slow.closed);
        slow.completeAll();
        assertEquals(1, under.answers());
    }
}
