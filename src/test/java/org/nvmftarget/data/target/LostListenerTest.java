package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.ADDRESS;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.OTHER_ADDRESS;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;

class LostListenerTest {

    private static final Nqn SECOND = new Nqn("nqn.2026-11.org.example:disk1");

    private final TestTarget t = TestTarget.serving();

    private void lose(TransportAddress address) {
        t.transport().lose(address);
        t.settle();
    }

    private Set<TransportAddress> lost() {
        return Objects.requireNonNull(t.target.snapshot().subsystems().get(NQN))
                .lostListeners()
                .keySet();
    }

    @Test
    void aLostListenerIsLiveNoLonger() {
        AtomicInteger events = new AtomicInteger();
        t.target.onOutsideEvent(events::incrementAndGet);

        lose(ADDRESS);

        assertEquals(Set.of(), t.spec().listeners().keySet());
        assertEquals(Set.of(ADDRESS), lost());
        assertEquals(1, events.get());
    }

    @Test
    void aLostListenerIsInTheDiscoveryLogNoLonger() {
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        TestQueue discovery = t.admin(Nqn.DISCOVERY, HOST, 0);

        lose(ADDRESS);

        MemorySegment log =
                discovery.read(Sq.log(LogPage.DISCOVERY, 4096, 0, false), 4096).page();
        assertEquals(2, Wire.u64(log, 8));
        assertEquals("10.0.0.2", Wire.text(log, 2048 + 512, 256).strip());
    }

    @Test
    void whoCameInThroughALostListenerStaysAsLongAsTheConnectionHolds() {
        TestQueue admin = t.admin();

        lose(ADDRESS);

        assertFalse(admin.isDisconnected());
        assertEquals(
                Status.SUCCESS, admin.send(Sq.admin(Opcode.KEEP_ALIVE, 0, 0)).status());
        assertEquals(
                Status.SUCCESS,
                t.io(admin, 1, 1).send(Sq.command(Opcode.FLUSH, 1)).status());
    }

    @Test
    void aLostListenerIsOpenedAgainByAStep() {
        TestQueue admin = t.admin();
        lose(ADDRESS);

        t.done(new Step.AddListener(NQN, ADDRESS));

        assertEquals(Set.of(ADDRESS), t.spec().listeners().keySet());
        assertEquals(Set.of(), lost());
        assertTrue(t.transport().listening.contains(ADDRESS));
        assertFalse(admin.isDisconnected());
    }

    @Test
    void aLostListenerThatCannotBeOpenedYetIsStillALostOne() {
        TestQueue admin = t.admin();
        lose(ADDRESS);
        t.transport().missing = Optional.of(new StepResult.Waiting("ENODEV", "no device"));

        assertInstanceOf(StepResult.Waiting.class, t.apply(new Step.AddListener(NQN, ADDRESS)));

        assertEquals(Set.of(ADDRESS), lost());
        assertFalse(admin.isDisconnected());
    }

    @Test
    void removingALostListenerDisconnectsWhoCameInThroughIt() {
        TestQueue admin = t.admin();
        lose(ADDRESS);

        t.done(new Step.RemoveListener(NQN, ADDRESS));

        assertEquals(Set.of(), lost());
        assertTrue(admin.isDisconnected());
    }

    @Test
    void everySubsystemOnALostAddressLosesIt() {
        t.done(new Step.CreateSubsystem(SECOND, "NT02", "nvmf-target", 32, 1, 0xFFEF));
        t.done(new Step.AddListener(SECOND, ADDRESS));

        lose(ADDRESS);

        assertEquals(Set.of(), t.spec().listeners().keySet());
        assertEquals(
                Set.of(),
                Objects.requireNonNull(t.target.snapshot().config().subsystems().get(SECOND))
                        .listeners()
                        .keySet());
        t.done(new Step.AddListener(SECOND, ADDRESS));
        assertTrue(t.transport().listening.contains(ADDRESS));
    }

    @Test
    void aLossThatIsToldAfterTheListenerWasOpenedAgainIsNone() {
        t.transport().listening.remove(ADDRESS);
        t.done(new Step.RemoveListener(NQN, ADDRESS));
        t.done(new Step.AddListener(NQN, ADDRESS));

        t.transport().tellLoss(ADDRESS);
        t.settle();

        assertEquals(Set.of(ADDRESS), t.spec().listeners().keySet());
        assertEquals(Set.of(), lost());
    }
}
