package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.ADDRESS;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.OTHER_ADDRESS;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.IdentifyController;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/** ANA states: what hosts find, and what commands end with (NVMe Base specification 2.0, section 8.1). */
class AnaTest {

    private final TestTarget t = TestTarget.serving();
    private final TestController here;
    private final TestController there;

    /** Namespace 2 is in group 7; each listener has a controller. */
    AnaTest() {
        t.done(new Step.CreateBdev(TestTarget.malloc("disk1", 1024)));
        t.done(new Step.AddNamespace(NQN, TestTarget.namespace(2, "disk1").withAnaGroup(7)));
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        here = new TestController(t, ADDRESS, HOST, 0, 1);
        there = new TestController(t, OTHER_ADDRESS, HOST, 1, 0);
    }

    private void set(AnaState all) {
        t.done(new Step.SetAnaState(NQN, ListenerSpec.of(ADDRESS, all)));
    }

    private void setGroup7(AnaState state) {
        t.done(new Step.SetAnaState(
                NQN, new ListenerSpec(ADDRESS, AnaState.OPTIMIZED, new TreeMap<>(Map.of(7, state)))));
    }

    // Which state a host finds

    @ParameterizedTest
    @CsvSource({"OPTIMIZED, 1", "NON_OPTIMIZED, 2", "INACCESSIBLE, 3", "PERSISTENT_LOSS, 4", "CHANGE, 15"})
    void aListenerHasAStateForEachGroup(AnaState state, int onTheWire) {
        setGroup7(state);
        assertEquals(AnaLog.OPTIMIZED, here.anaState(1));
        assertEquals(onTheWire, here.anaState(7));
        assertEquals(AnaLog.OPTIMIZED, there.anaState(7));
    }

    @Test
    void aControllerThatComesLaterFindsTheSame() {
        setGroup7(AnaState.INACCESSIBLE);
        TestController later = new TestController(t, ADDRESS, HOST, 1, 1);
        assertEquals(AnaLog.INACCESSIBLE, later.anaState(7));
        assertEquals(Status.ANA_INACCESSIBLE, later.read(2));
    }

    @Test
    void aListenerMayBeAddedWithStates() {
        t.done(new Step.RemoveListener(NQN, OTHER_ADDRESS));
        t.done(new Step.AddListener(NQN, ListenerSpec.of(OTHER_ADDRESS, AnaState.NON_OPTIMIZED)));
        assertEquals(AnaLog.NON_OPTIMIZED, new TestController(t, OTHER_ADDRESS, HOST, 0, 0).anaState(1));
    }

    // What is told

    @Test
    void aChangeIsToldToThoseWhoFindIt() {
        listenToAna();
        TestRequest told = here.aer();
        TestRequest untold = there.aer();
        long before = there.anaChanges();
        setGroup7(AnaState.NON_OPTIMIZED);
        assertEquals(AsyncEvent.ANA_CHANGED, told.dw0());
        assertFalse(untold.isAnswered());
        assertEquals(before, there.anaChanges());
    }

    @ParameterizedTest
    @EnumSource(names = "OPTIMIZED", mode = EnumSource.Mode.EXCLUDE)
    void everyStateThatIsEnteredIsTold(AnaState state) {
        TestRequest entered = here.aer();
        setGroup7(state);
        assertEquals(AsyncEvent.ANA_CHANGED, entered.dw0());
        here.anaGroups();
        TestRequest back = here.aer();
        setGroup7(AnaState.OPTIMIZED);
        assertEquals(AsyncEvent.ANA_CHANGED, back.dw0());
    }

    @Test
    void theSameStateAgainIsNoChange() {
        setGroup7(AnaState.NON_OPTIMIZED);
        here.anaGroups();
        TestRequest aer = here.aer();
        long changes = here.anaChanges();
        setGroup7(AnaState.NON_OPTIMIZED);
        assertFalse(aer.isAnswered());
        assertEquals(changes, here.anaChanges());
    }

    @Test
    void onlyTheGroupThatChangedCountsIt() {
        long log = here.anaChanges();
        List<TestController.Group> before = here.anaGroups();
        setGroup7(AnaState.NON_OPTIMIZED);
        List<TestController.Group> after = here.anaGroups();
        assertEquals(log + 1, here.anaChanges());
        assertEquals(before.get(0), after.get(0));
        assertEquals(before.get(1).changes() + 1, after.get(1).changes());
    }

    @Test
    void aStateOfAGroupThatNobodySeesIsNoChange() {
        long before = here.anaChanges();
        TestRequest aer = here.aer();
        t.done(new Step.SetAnaState(
                NQN, new ListenerSpec(ADDRESS, AnaState.OPTIMIZED, new TreeMap<>(Map.of(9, AnaState.INACCESSIBLE)))));
        assertEquals(before, here.anaChanges());
        assertFalse(aer.isAnswered());
    }

    @Test
    void aChangeOfStateIsNoChangeOfNamespaces() {
        TestRequest first = here.aer();
        TestRequest second = here.aer();
        set(AnaState.INACCESSIBLE);
        assertEquals(AsyncEvent.ANA_CHANGED, first.dw0());
        assertFalse(second.isAnswered());
        assertEquals(List.of(), here.changed());
    }

    @Test
    void anotherGroupIsAChangeOfTheNamespaceAndOfAna() {
        TestRequest first = here.aer();
        TestRequest second = here.aer();
        t.done(new Step.SetAnaGroup(NQN, new Nsid(2), 3));
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, first.dw0());
        assertEquals(AsyncEvent.ANA_CHANGED, second.dw0());
        assertEquals(List.of(2), here.changed());
        assertEquals(3, Wire.u32(here.identify(Identify.CNS_NAMESPACE, 2), 92));
        assertEquals(List.of(1, 3), here.anaGroups().stream().map(g -> g.id()).toList());
    }

    @Test
    void aNamespaceTakesTheStateOfTheGroupThatItMovesTo() {
        setGroup7(AnaState.INACCESSIBLE);
        assertEquals(Status.SUCCESS, here.read(1));
        t.done(new Step.SetAnaGroup(NQN, new Nsid(1), 7));
        assertEquals(Status.ANA_INACCESSIBLE, here.read(1));
        t.done(new Step.SetAnaGroup(NQN, new Nsid(2), 1));
        assertEquals(Status.SUCCESS, here.read(2));
    }

    @Test
    void countsAreOfOneControllerAndBeginAnewWithItsReset() {
        setGroup7(AnaState.NON_OPTIMIZED);
        setGroup7(AnaState.OPTIMIZED);
        assertEquals(2, here.anaChanges());
        here.admin.send(Sq.propertySet(Property.CC, 0));
        t.settle();
        TestTarget.enable(here.admin);
        assertEquals(0, here.anaChanges());
        assertTrue(here.anaGroups().stream().allMatch(g -> g.changes() == 1));
    }

    private void listenToAna() {
        for (TestController c : List.of(here, there)) {
            c.admin.send(
                    Sq.admin(Opcode.SET_FEATURES, Feature.ASYNC_EVENT_CONFIGURATION, AsyncEvent.CONFIG_ANA_CHANGED));
        }
    }

    // What commands end with

    @ParameterizedTest
    @CsvSource({
        "OPTIMIZED, 0x000",
        "NON_OPTIMIZED, 0x000",
        "INACCESSIBLE, 0x302",
        "PERSISTENT_LOSS, 0x301",
        "CHANGE, 0x303"
    })
    void ioEndsAsTheStateSays(AnaState state, int status) {
        setGroup7(state);
        for (int opcode : List.of(Opcode.READ, Opcode.WRITE, Opcode.FLUSH, Opcode.DATASET_MANAGEMENT)) {
            assertEquals(status, here.ioStatus(opcode, 2), "opcode " + opcode);
            assertEquals(Status.SUCCESS, here.ioStatus(opcode, 1), "opcode " + opcode);
            assertEquals(Status.SUCCESS, there.ioStatus(opcode, 2), "opcode " + opcode);
        }
        assertEquals(status, here.io().send(Sq.io(Opcode.WRITE_ZEROES, 2, 0, 1)).status());
    }

    /** Every I/O command of the target. */
    private static List<Integer> ioCommands() {
        return List.of(
                Opcode.FLUSH,
                Opcode.WRITE,
                Opcode.READ,
                Opcode.WRITE_UNCORRECTABLE,
                Opcode.COMPARE,
                Opcode.WRITE_ZEROES,
                Opcode.DATASET_MANAGEMENT,
                Opcode.VERIFY,
                Opcode.RESERVATION_REGISTER,
                Opcode.RESERVATION_REPORT,
                Opcode.RESERVATION_ACQUIRE,
                Opcode.RESERVATION_RELEASE,
                Opcode.COPY);
    }

    @ParameterizedTest
    @MethodSource("ioCommands")
    void everyIoCommandEndsInThePathsStatus(int opcode) {
        assertFalse(here.ioStatus(opcode, 2) >>> 8 == 3);
        setGroup7(AnaState.INACCESSIBLE);
        assertEquals(Status.ANA_INACCESSIBLE, here.ioStatus(opcode, 2));
        setGroup7(AnaState.CHANGE);
        assertEquals(Status.ANA_TRANSITION, here.ioStatus(opcode, 2));
        setGroup7(AnaState.PERSISTENT_LOSS);
        assertEquals(Status.ANA_PERSISTENT_LOSS, here.ioStatus(opcode, 2));
        assertFalse(there.ioStatus(opcode, 2) >>> 8 == 3);
    }

    @ParameterizedTest
    @CsvSource({"INACCESSIBLE, 0, 0", "PERSISTENT_LOSS, 0, 0", "CHANGE, 16, 524288", "NON_OPTIMIZED, 16, 524288"})
    void identifyKeepsTheSizeAndClearsWhatIsUsed(AnaState state, long used, long capacityBytes) {
        here.io().send(Sq.io(Opcode.WRITE_ZEROES, 2, 0, 16));
        setGroup7(state);
        var page = here.identify(Identify.CNS_NAMESPACE, 2);
        assertEquals(1024, Wire.u64(page, 0));
        assertEquals(1024, Wire.u64(page, 8));
        assertEquals(used, Wire.u64(page, 16));
        assertEquals(capacityBytes, Wire.u64(page, 48));
        assertEquals(7, Wire.u32(page, 92));
    }

    @ParameterizedTest
    @CsvSource({"INACCESSIBLE", "PERSISTENT_LOSS", "CHANGE"})
    void whatIsNotReachedIsStillThere(AnaState state) {
        setGroup7(state);
        assertEquals(List.of(1, 2), here.active());
        assertEquals(Status.SUCCESS, here.identifyStatus(Identify.CNS_NAMESPACE_DESCRIPTORS, 2));
        assertEquals(Status.SUCCESS, here.identifyStatus(Identify.CNS_COMMAND_SET_NAMESPACE, 2));
        assertEquals(Status.SUCCESS, here.identifyStatus(Identify.CNS_INDEPENDENT_NAMESPACE, 2));
    }

    @ParameterizedTest
    @CsvSource({"INACCESSIBLE", "PERSISTENT_LOSS", "CHANGE"})
    void logPagesAreReadInEveryState(AnaState state) {
        set(state);
        for (int lid : List.of(LogPage.ERROR, LogPage.FIRMWARE_SLOT, LogPage.CHANGED_NAMESPACES, LogPage.ANA)) {
            assertEquals(
                    Status.SUCCESS,
                    here.admin.read(Sq.log(lid, 64, 0, true), 64).status());
        }
        var smart = Sq.log(LogPage.SMART, 512, 0, true);
        Wire.putU32(smart, 4, 0xFFFF_FFFF);
        assertEquals(Status.SUCCESS, here.admin.read(smart, 512).status());
    }

    /** nvme-cli takes the size from Identify Controller and reads 4 KiB at a time. */
    @Test
    void thePageIsReadInPiecesUpToTheSizeThatHostsReckon() {
        MemorySegment id = MemorySegment.ofArray(
                here.admin.read(Sq.identify(Identify.CNS_CONTROLLER, 0), 4096).read());
        long most = 16 + 32L * Wire.u32(id, IdentifyController.NANAGRPID) + 4L * Wire.u32(id, IdentifyController.MNAN);
        assertTrue(most > 4096);
        for (long offset = 0; offset <= most; offset += 4096) {
            TestRequest piece = here.admin.read(Sq.log(LogPage.ANA, 4096, offset, true), 4096);
            assertEquals(Status.SUCCESS, piece.status());
        }
        assertEquals(
                Status.INVALID_FIELD | Status.DNR,
                here.admin.read(Sq.log(LogPage.ANA, 4, most + 4, true), 4).status());
    }

    private int getFeature(int fid, int nsid) {
        return here.admin.send(Sq.admin(Opcode.GET_FEATURES, nsid, fid, 0)).status();
    }

    private int setFeature(int fid, int nsid) {
        return here.admin.send(Sq.admin(Opcode.SET_FEATURES, nsid, fid, 0)).status();
    }

    @ParameterizedTest
    @CsvSource({"INACCESSIBLE, 0x302", "PERSISTENT_LOSS, 0x301", "CHANGE, 0x303"})
    void errorRecoveryOfANamespaceIsNotAvailable(AnaState state, int status) {
        setGroup7(state);
        assertEquals(status, getFeature(Feature.ERROR_RECOVERY, 2));
        assertEquals(status, setFeature(Feature.ERROR_RECOVERY, 2));
        assertFalse(Status.code(getFeature(Feature.ERROR_RECOVERY, 1)) == status);
    }

    @ParameterizedTest
    @CsvSource({"INACCESSIBLE, 0x302", "PERSISTENT_LOSS, 0x301", "CHANGE, 0x303"})
    void settingAFeatureOfAllNamespacesFailsIfOneIsNotReached(AnaState state, int status) {
        assertEquals(Status.SUCCESS, setFeature(Feature.ARBITRATION, -1));
        setGroup7(state);
        assertEquals(status, setFeature(Feature.ARBITRATION, -1));
        assertEquals(Status.SUCCESS, setFeature(Feature.ARBITRATION, 0));
        assertEquals(Status.SUCCESS, getFeature(Feature.ARBITRATION, -1));
    }

    // Atomicity and time

    @Test
    void ioUnderWayEndsAsItWould() {
        SlowBdev bdev = t.addSlowNamespace(3);
        TestRequest r = here.io().read(Sq.io(Opcode.READ, 3, 0, 1), TestTarget.BLOCK);
        set(AnaState.INACCESSIBLE);
        assertFalse(r.isAnswered());
        assertEquals(Status.ANA_INACCESSIBLE, here.read(3));
        bdev.completeAll();
        t.settle();
        assertEquals(Status.SUCCESS, r.status());
    }

    @Test
    void whatAPauseHoldsIsCheckedAgainstTheStateAfterIt() {
        t.pause(1);
        TestRequest r = here.io().read(Sq.io(Opcode.READ, 1, 0, 1), TestTarget.BLOCK);
        set(AnaState.CHANGE);
        assertFalse(r.isAnswered());
        t.resume();
        assertEquals(Status.ANA_TRANSITION, r.status());
    }

    @Test
    void changeEndsBeforeAnattInInaccessible() {
        listenToAna();
        setGroup7(AnaState.CHANGE);
        here.anaGroups();
        TestRequest aer = here.aer();
        t.pass(Duration.ofMillis(8_900));
        assertEquals(AnaLog.CHANGE, here.anaState(7));
        assertEquals(Status.ANA_TRANSITION, here.read(2));
        t.pass(Duration.ofMillis(200));
        assertEquals(Status.ANA_INACCESSIBLE, here.read(2));
        assertEquals(AsyncEvent.ANA_CHANGED, aer.dw0());
        assertEquals(AnaLog.INACCESSIBLE, here.anaState(7));
        assertEquals(
                AnaState.CHANGE,
                Objects.requireNonNull(t.spec().listeners().get(ADDRESS)).anaState(7)); // as it was declared
    }

    @Test
    void anotherEditOfTheListenerGivesChangeNoMoreTime() {
        setGroup7(AnaState.CHANGE);
        t.pass(Duration.ofSeconds(6));
        t.done(new Step.SetAnaState(
                NQN,
                new ListenerSpec(
                        ADDRESS,
                        AnaState.OPTIMIZED,
                        new TreeMap<>(Map.of(1, AnaState.NON_OPTIMIZED, 7, AnaState.CHANGE)))));
        t.pass(Duration.ofSeconds(4));
        assertEquals(AnaLog.INACCESSIBLE, here.anaState(7));
        TestController later = new TestController(t, ADDRESS, HOST, 1, 0);
        assertEquals(AnaLog.INACCESSIBLE, later.anaState(7));
    }

    @Test
    void aChangeThatIsDeclaredAnewHasItsTimeAgain() {
        setGroup7(AnaState.CHANGE);
        t.pass(Duration.ofSeconds(20));
        setGroup7(AnaState.OPTIMIZED);
        assertEquals(Status.SUCCESS, here.read(2));
        setGroup7(AnaState.CHANGE);
        assertEquals(AnaLog.CHANGE, here.anaState(7));
        t.pass(Duration.ofSeconds(10));
        assertEquals(AnaLog.INACCESSIBLE, here.anaState(7));
    }

    @Test
    void aChangeThatWasEndedInTimeLeavesNothingBehind() {
        setGroup7(AnaState.CHANGE);
        t.pass(Duration.ofSeconds(5));
        setGroup7(AnaState.OPTIMIZED);
        long changes = here.anaChanges();
        t.pass(Duration.ofSeconds(10));
        assertEquals(AnaLog.OPTIMIZED, here.anaState(7));
        assertEquals(changes, here.anaChanges());
    }

    @Test
    void aFlushOfAllNamespacesFailsIfNotAllAreReached() {
        assertEquals(Status.SUCCESS, here.ioStatus(Opcode.FLUSH, -1));
        setGroup7(AnaState.INACCESSIBLE);
        assertEquals(Status.ANA_INACCESSIBLE, here.ioStatus(Opcode.FLUSH, -1));
    }
}
