package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.ADDRESS;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.OTHER_HOST;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;

/** A namespace that is for some hosts only: to the others it is as if it were not there. */
class VisibilityTest {

    private static final int INVALID = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;

    private final TestTarget t = TestTarget.serving();
    private final TestController sees;
    private final TestController doesNot;

    /** Namespace 1 is for all, 2 for one host. */
    VisibilityTest() {
        t.done(new Step.CreateBdev(TestTarget.malloc("disk1", 1024)));
        t.done(new Step.AddNamespace(NQN, TestTarget.namespace(2, "disk1").withHosts(only(HOST))));
        sees = new TestController(t, ADDRESS, HOST, 0, 1);
        doesNot = new TestController(t, ADDRESS, OTHER_HOST, 1, 0);
    }

    private static Optional<SortedSet<Nqn>> only(Nqn... hosts) {
        return Optional.of(new TreeSet<>(List.of(hosts)));
    }

    private void setHosts(Nqn... hosts) {
        t.done(new Step.SetNamespaceHosts(NQN, new Nsid(2), only(hosts)));
    }

    @Test
    void listsNameWhatTheHostSees() {
        assertEquals(List.of(1, 2), sees.active());
        assertEquals(List.of(1), doesNot.active());
        assertEquals(0, Wire.u32(doesNot.identify(Identify.CNS_COMMAND_SET_ACTIVE_NAMESPACES, 0), 4));
        assertEquals(List.of(1, 2), sees.anaGroups().getFirst().nsids());
        assertEquals(List.of(1), doesNot.anaGroups().getFirst().nsids());
    }

    @Test
    void identifyAnswersAsForAnInactiveNamespace() {
        assertEquals(1024, Wire.u64(sees.identify(Identify.CNS_NAMESPACE, 2), 0));
        assertEquals(-1, doesNot.identify(Identify.CNS_NAMESPACE, 2).mismatch(doesNot.identify(0, 3)));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Identify.CNS_COMMAND_SET_NAMESPACE,
                Identify.CNS_INDEPENDENT_NAMESPACE,
                Identify.CNS_ALLOCATED_NAMESPACE,
                Identify.CNS_COMMAND_SET_ALLOCATED_NAMESPACE,
                Identify.CNS_ATTACHED_CONTROLLERS
            })
    void aPageThatIsZeroesForWhatIsNotThereIsSoForWhatIsNotSeen(int cns) {
        assertEquals(Status.SUCCESS, sees.identifyStatus(cns, 2));
        assertEquals(-1, doesNot.identify(cns, 2).mismatch(MemorySegment.ofArray(new byte[Identify.BYTES])));
        assertEquals(-1, doesNot.identify(cns, 2).mismatch(doesNot.identify(cns, 3)));
    }

    @Test
    void theDescriptorsOfANamespaceAreNotGiven() {
        int cns = Identify.CNS_NAMESPACE_DESCRIPTORS;
        assertEquals(Status.SUCCESS, sees.identifyStatus(cns, 2));
        assertEquals(INVALID, doesNot.identifyStatus(cns, 2));
        assertEquals(doesNot.identifyStatus(cns, 3), doesNot.identifyStatus(cns, 2));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Identify.CNS_ACTIVE_NAMESPACES,
                Identify.CNS_COMMAND_SET_ACTIVE_NAMESPACES,
                Identify.CNS_ALLOCATED_NAMESPACES,
                Identify.CNS_COMMAND_SET_ALLOCATED_NAMESPACES
            })
    void everyListEndsWithWhatTheHostSees(int cns) {
        assertEquals(2, Wire.u32(sees.identify(cns, 0), 4));
        assertEquals(0, Wire.u32(doesNot.identify(cns, 0), 4));
    }

    @Test
    void noControllerIsListedAsAttachedToWhatTheHostDoesNotSee() {
        assertEquals(1, Wire.u16(sees.identify(Identify.CNS_ATTACHED_CONTROLLERS, 2), 0));
        assertEquals(0, Wire.u16(doesNot.identify(Identify.CNS_ATTACHED_CONTROLLERS, 2), 0));
        assertEquals(2, Wire.u16(doesNot.identify(Identify.CNS_ATTACHED_CONTROLLERS, 1), 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {Opcode.READ, Opcode.WRITE, Opcode.FLUSH, Opcode.DATASET_MANAGEMENT})
    void ioEndsAsForAnInactiveNamespace(int opcode) {
        assertEquals(Status.SUCCESS, sees.ioStatus(opcode, 2));
        assertEquals(INVALID, doesNot.ioStatus(opcode, 2));
        assertEquals(doesNot.ioStatus(opcode, 3), doesNot.ioStatus(opcode, 2));
        assertEquals(Status.SUCCESS, doesNot.ioStatus(opcode, 1));
    }

    private static int smart(TestController c, int nsid) {
        var sqe = Sq.log(LogPage.SMART, 512, 0, true);
        Wire.putU32(sqe, 4, nsid);
        return c.admin.read(sqe, 512).status();
    }

    @Test
    void healthOfANamespaceIsForThoseWhoSeeIt() {
        assertEquals(smart(doesNot, 3), smart(doesNot, 2));
        assertFalse(smart(sees, 2) == smart(doesNot, 2));
    }

    @Test
    void healthOfAllCountsWhatTheHostSees() {
        assertEquals(Status.SUCCESS, sees.read(2));
        var log = Sq.log(LogPage.SMART, 512, 0, true);
        Wire.putU32(log, 4, Nsid.BROADCAST);
        assertEquals(1, Wire.u64(sees.admin.read(log, 512).page(), 64));
        var other = Sq.log(LogPage.SMART, 512, 0, true);
        Wire.putU32(other, 4, Nsid.BROADCAST);
        assertEquals(0, Wire.u64(doesNot.admin.read(other, 512).page(), 64));
    }

    @Test
    void featuresOfANamespaceAreForThoseWhoSeeIt() {
        int hidden = doesNot.admin
                .send(Sq.admin(Opcode.GET_FEATURES, 2, Feature.NAMESPACE_WRITE_PROTECTION, 0))
                .status();
        int inactive = doesNot.admin
                .send(Sq.admin(Opcode.GET_FEATURES, 3, Feature.NAMESPACE_WRITE_PROTECTION, 0))
                .status();
        assertEquals(inactive, hidden);
        assertEquals(
                Status.SUCCESS,
                sees.admin
                        .send(Sq.admin(Opcode.GET_FEATURES, 2, Feature.NAMESPACE_WRITE_PROTECTION, 0))
                        .status());
    }

    @Test
    void aFlushOfAllNamespacesLeavesOthersAlone() {
        SlowBdev bdev = new SlowBdev(TestTarget.nothing("slow", 1024));
        t.target.bdevs().add(bdev);
        t.done(new Step.AddNamespace(NQN, TestTarget.namespace(4, "slow").withHosts(only(HOST))));
        assertEquals(Status.SUCCESS, doesNot.ioStatus(Opcode.FLUSH, Nsid.BROADCAST));
    }

    @Test
    void thoseWhoseViewChangesAreTold() {
        TestRequest told = doesNot.aer();
        TestRequest untold = sees.aer();
        setHosts(HOST, OTHER_HOST);
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, told.dw0());
        assertFalse(untold.isAnswered());
        assertEquals(List.of(2), doesNot.changed());
        assertEquals(List.of(), sees.changed());
        assertEquals(List.of(1, 2), doesNot.active());
        assertEquals(Status.SUCCESS, doesNot.read(2));
        setHosts(OTHER_HOST);
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, untold.dw0());
        assertEquals(List.of(), doesNot.changed());
        assertEquals(List.of(2), sees.changed());
        assertEquals(INVALID, sees.read(2));
    }

    @Test
    void aChangeOfWhatAHostDoesNotSeeIsNotTold() {
        TestRequest untold = doesNot.aer();
        long ana = doesNot.anaChanges();
        t.done(new Step.ResizeBdev("disk1", 2048L * 512));
        t.done(new Step.SetAnaGroup(NQN, new Nsid(2), 5));
        t.done(new Step.RemoveNamespace(NQN, new Nsid(2)));
        assertFalse(untold.isAnswered());
        assertEquals(ana, doesNot.anaChanges());
        assertEquals(List.of(), doesNot.changed());
        assertEquals(List.of(2), sees.changed());
    }

    @Test
    void theLastHostsIoEndsBeforeTheNamespaceIsHidden() {
        SlowBdev bdev = t.addSlowNamespace(3);
        TestRequest mine = sees.io().read(Sq.io(Opcode.READ, 3, 0, 1), TestTarget.BLOCK);
        assertFalse(t.apply(new Step.SetNamespaceHosts(NQN, new Nsid(3), only(OTHER_HOST))) instanceof StepResult.Done);
        assertEquals(Status.SUCCESS, sees.identifyStatus(Identify.CNS_NAMESPACE_DESCRIPTORS, 3)); // taken back
        bdev.completeAll();
        t.settle();
        assertEquals(Status.SUCCESS, mine.status());
        t.done(new Step.SetNamespaceHosts(NQN, new Nsid(3), only(OTHER_HOST)));
        assertEquals(INVALID, sees.read(3));
    }

    @Test
    void aNamespaceIsOpenedToAHostWhileOthersUseIt() {
        SlowBdev bdev = t.addSlowNamespace(3);
        t.done(new Step.SetNamespaceHosts(NQN, new Nsid(3), only(HOST)));
        TestRequest running = sees.io().read(Sq.io(Opcode.READ, 3, 0, 1), TestTarget.BLOCK);
        t.done(new Step.SetNamespaceHosts(NQN, new Nsid(3), Optional.empty()));
        assertTrue(doesNot.active().contains(3));
        assertFalse(running.isAnswered());
        bdev.completeAll();
        t.settle();
        assertEquals(Status.SUCCESS, running.status());
    }

    @Test
    void whatAPauseHoldsOfAHostThatLosesTheNamespaceEndsAsIfItWereRemoved() {
        t.pause(2);
        TestRequest loses = sees.io().read(Sq.io(Opcode.READ, 2, 0, 1), TestTarget.BLOCK);
        TestRequest gains = doesNot.io().read(Sq.io(Opcode.READ, 2, 0, 1), TestTarget.BLOCK);
        setHosts(OTHER_HOST);
        assertFalse(loses.isAnswered());
        assertFalse(gains.isAnswered());
        t.resume();
        assertEquals(INVALID, loses.status());
        assertEquals(Status.SUCCESS, gains.status());
    }
}
