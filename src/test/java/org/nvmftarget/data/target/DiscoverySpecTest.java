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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** The discovery subsystem's own listeners, and where it sends hosts for more. */
class DiscoverySpecTest {

    private static final TransportAddress DISCOVERY_PORT =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.1", 8009);
    private static final TransportAddress WILDCARD =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "0.0.0.0", 8009);
    private static final TransportAddress ELSEWHERE =
            new TransportAddress(TransportType.RDMA, AddressFamily.IPV6, "2001:db8::9", 8009);

    private final TestTarget t = TestTarget.serving();

    private TestQueue connect(TransportAddress listener, TransportAddress local) {
        TestQueue queue = t.accept(listener, local, 0);
        assertEquals(
                Status.SUCCESS,
                queue.connect(0, TestTarget.connectData(Nqn.DISCOVERY, HOST, Connect.CNTLID_DYNAMIC))
                        .status());
        TestTarget.enable(queue);
        return queue;
    }

    private static MemorySegment log(TestQueue queue) {
        return queue.read(Sq.log(LogPage.DISCOVERY, 8192, 0, false), 8192).page();
    }

    /** Subtype, flags and address of each entry. */
    private static List<String> entries(TestQueue queue) {
        MemorySegment log = log(queue);
        List<String> list = new ArrayList<>();
        for (int i = 0; i < Wire.u64(log, 8); i++) {
            long at = 1024 + i * 1024L;
            list.add(Wire.u8(log, at + 2) + " " + Wire.u16(log, at + 10) + " "
                    + Wire.text(log, at + 512, 256).strip() + ":"
                    + Wire.text(log, at + 32, 32).strip());
        }
        return list;
    }

    @Test
    void discoveryIsServedOnAListenerOfItsOwn() {
        t.done(new Step.AddListener(Nqn.DISCOVERY, DISCOVERY_PORT));
        TestQueue queue = connect(DISCOVERY_PORT, DISCOVERY_PORT);
        assertEquals(List.of("3 3 10.0.0.1:8009", "2 0 10.0.0.1:4420"), entries(queue));
    }

    @Test
    void noSubsystemIsServedThere() {
        t.done(new Step.AddListener(Nqn.DISCOVERY, DISCOVERY_PORT));
        TestQueue queue = t.accept(DISCOVERY_PORT, DISCOVERY_PORT, 0);
        int status = queue.connect(0, TestTarget.connectData(NQN, HOST, Connect.CNTLID_DYNAMIC))
                .status();
        assertEquals(Status.CONNECT_INVALID_PARAMETERS, status);
    }

    @Test
    void whoComesInElsewhereIsShownTheListenerAndThatItTellsTheSame() {
        t.done(new Step.AddListener(Nqn.DISCOVERY, DISCOVERY_PORT));
        assertEquals(
                List.of("3 3 10.0.0.1:4420", "3 3 10.0.0.1:8009", "2 0 10.0.0.1:4420"),
                entries(connect(ADDRESS, ADDRESS)));
    }

    @Test
    void whereAWildcardIsListedNoTwoPortsTellTheSame() {
        t.done(new Step.AddListener(Nqn.DISCOVERY, DISCOVERY_PORT));
        t.done(new Step.AddListener(NQN, new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "0.0.0.0", 4421)));
        List<String> entries = entries(connect(ADDRESS, ADDRESS));
        assertEquals(4, entries.size());
        assertTrue(entries.containsAll(List.of("3 3 10.0.0.1:4420", "3 2 10.0.0.1:8009", "2 0 10.0.0.1:4421")));
    }

    @Test
    void aWildcardListenerOfItsOwnShowsTheAddressThatWasReached() {
        t.done(new Step.AddListener(Nqn.DISCOVERY, WILDCARD));
        TransportAddress reached = new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.77", 8009);
        assertEquals("3 3 10.0.0.77:8009", entries(connect(WILDCARD, reached)).getFirst());
    }

    @Test
    void hostsGoWithTheListenerThatTheyCameInThrough() {
        t.done(new Step.AddListener(Nqn.DISCOVERY, DISCOVERY_PORT));
        TestQueue there = connect(DISCOVERY_PORT, DISCOVERY_PORT);
        TestQueue here = connect(ADDRESS, ADDRESS);
        t.done(new Step.RemoveListener(Nqn.DISCOVERY, DISCOVERY_PORT));
        t.settle();
        assertTrue(there.isClosed());
        assertFalse(here.isClosed());
    }

    @Test
    void hostsStayWhereASubsystemListensStill() {
        t.done(new Step.AddListener(Nqn.DISCOVERY, ADDRESS));
        TestQueue queue = connect(ADDRESS, ADDRESS);
        t.done(new Step.RemoveListener(Nqn.DISCOVERY, ADDRESS));
        t.settle();
        assertFalse(queue.isClosed());
        t.done(new Step.RemoveListener(NQN, ADDRESS));
        t.settle();
        assertTrue(queue.isClosed());
    }

    @Test
    void aReferralIsAnEntryAndAChange() {
        TestQueue queue = connect(ADDRESS, ADDRESS);
        TestRequest told = queue.send(Sq.command(Opcode.ASYNC_EVENT_REQUEST, 0));
        t.done(new Step.AddReferral(Referral.of(ELSEWHERE)));
        t.settle();
        assertEquals(AsyncEvent.DISCOVERY_CHANGED, told.dw0());
        assertEquals("1 0 2001:db8::9:8009", entries(queue).getLast());
        MemorySegment log = log(queue);
        long at = 1024 + 2 * 1024;
        assertEquals(1, Wire.u8(log, at)); // RDMA
        assertEquals(2, Wire.u8(log, at + 1)); // IPv6
        assertEquals(0, Wire.u8(log, at + 3)); // nothing known of it
        assertEquals(0xFFFF, Wire.u16(log, at + 6));
        assertEquals(32, Wire.u16(log, at + 8));
        assertEquals(Nqn.DISCOVERY.value(), Wire.text(log, at + 256, 256));
        assertEquals(0x0001_0101, Wire.u32(log, at + 768));
        t.done(new Step.RemoveReferral(ELSEWHERE));
        assertEquals(2, entries(queue).size());
    }

    @Test
    void aReferralMayAskForASecureChannelAndHaveANameOfItsOwn() {
        Nqn name = new Nqn("nqn.2026-11.org.example:discovery");
        t.done(new Step.AddReferral(new Referral(ELSEWHERE, name, true)));
        MemorySegment log = log(connect(ADDRESS, ADDRESS));
        assertEquals(1, Wire.u8(log, 1024 + 2048 + 3));
        assertEquals(name.value(), Wire.text(log, 1024 + 2048 + 256, 256));
    }

    @Test
    void whatIsThereIsNotAddedAndWhatIsNotThereNotRemoved() {
        t.done(new Step.AddReferral(Referral.of(ELSEWHERE)));
        t.done(new Step.AddListener(Nqn.DISCOVERY, DISCOVERY_PORT));
        for (Step step : List.of(
                new Step.AddReferral(Referral.of(ELSEWHERE)),
                new Step.RemoveReferral(OTHER_ADDRESS),
                new Step.AddListener(Nqn.DISCOVERY, DISCOVERY_PORT),
                new Step.RemoveListener(Nqn.DISCOVERY, OTHER_ADDRESS))) {
            assertInstanceOf(StepResult.Failed.class, t.apply(step), step.toString());
        }
    }

    @Test
    void theSnapshotHasBoth() {
        t.done(new Step.AddReferral(Referral.of(ELSEWHERE)));
        t.done(new Step.AddListener(Nqn.DISCOVERY, DISCOVERY_PORT));
        var spec = t.target.snapshot().config().discovery();
        assertEquals(List.of(DISCOVERY_PORT), List.copyOf(spec.listeners()));
        assertEquals(Referral.of(ELSEWHERE), spec.referrals().get(ELSEWHERE));
    }
}
