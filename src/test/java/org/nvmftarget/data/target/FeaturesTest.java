package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.IdentifyController;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/** Set Features and Get Features (NVMe Base specification 2.0, sections 5.15 and 5.27). */
class FeaturesTest {

    private static final int INVALID = Status.INVALID_FIELD | Status.DNR;
    private static final int INVALID_NAMESPACE = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
    private static final int ALL = Nsid.BROADCAST;

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();

    private static MemorySegment set(int fid, int nsid, int value) {
        return Sq.admin(Opcode.SET_FEATURES, nsid, fid, value);
    }

    private static MemorySegment get(int fid, int nsid, int select, int cdw11) {
        return Sq.admin(Opcode.GET_FEATURES, nsid, fid | select << 8, cdw11);
    }

    private int setStatus(int fid, int nsid, int value) {
        return admin.send(set(fid, nsid, value)).status();
    }

    private int value(int fid, int nsid, int select) {
        TestRequest r = admin.send(get(fid, nsid, select, 0));
        assertEquals(Status.SUCCESS, r.status());
        return r.dw0();
    }

    /** What a reset puts back, a value to set, and what is read after that. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "arbitration, 0x01, 0, 0, 0x04030207, 0x04030207",
        "arbitration: reserved bits, 0x01, 0, 0, 0x000000FF, 0x00000007",
        "power management: workload hint, 0x02, 0, 0, 0x20, 0x20",
        "temperature: over, 0x04, 0, 0x0157, 0x015E, 0x015E",
        "error recovery, 0x05, 1, 0, 0x1234, 0x1234",
        "error recovery: DULBE, 0x05, 1, 0, 0x10000, 0x10000",
        "write cache, 0x06, 0, 1, 0, 0",
        "write atomicity, 0x0A, 0, 0, 1, 1",
        "write atomicity: reserved bits, 0x0A, 0, 0, 0xFFFFFFFE, 0",
        "events, 0x0B, 0, 0x900, 0x102, 0x102"
    })
    void aValueIsKeptUntilAReset(String name, String fid, int nsid, String before, String value, String after) {
        int id = Integer.decode(fid);
        assertEquals(Long.decode(before).intValue(), value(id, nsid, Feature.SELECT_CURRENT), name);
        assertEquals(Status.SUCCESS, setStatus(id, nsid, Long.decode(value).intValue()));
        assertEquals(Long.decode(after).intValue(), value(id, nsid, Feature.SELECT_CURRENT), name);
        assertEquals(Long.decode(before).intValue(), value(id, nsid, Feature.SELECT_DEFAULT), name);
        assertEquals(Long.decode(before).intValue(), value(id, nsid, Feature.SELECT_SAVED), name);
        admin.send(Sq.propertySet(Property.CC, 0));
        TestTarget.enable(admin);
        assertEquals(Long.decode(before).intValue(), value(id, nsid, Feature.SELECT_CURRENT), name);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "arbitration, 0x01, 4",
        "power management, 0x02, 4",
        "temperature threshold, 0x04, 4",
        "error recovery, 0x05, 6",
        "volatile write cache, 0x06, 4",
        "number of queues, 0x07, 4",
        "write atomicity, 0x0A, 4",
        "asynchronous events, 0x0B, 4",
        "keep alive timer, 0x0F, 4",
        "host behavior, 0x16, 4",
        "host identifier, 0x81, 0",
        "reservation notification mask, 0x82, 6",
        "reservation persistence, 0x83, 6",
        "write protection, 0x84, 6"
    })
    void aFeatureSaysWhatCanBeDoneWithIt(String name, String fid, int capabilities) {
        int id = Integer.decode(fid);
        assertEquals(capabilities, value(id, 0, Feature.SELECT_CAPABILITIES), name);
        MemorySegment effects = admin.read(Sq.log(LogPage.FEATURE_EFFECTS, 1024, 0, false), 1024)
                .page();
        int scope = (capabilities & 2) != 0 ? 1 << 20 : 1 << 21;
        assertEquals(1 | scope, Wire.u32(effects, id * 4L), name);
    }

    private static IntStream identifiers() {
        return IntStream.range(0, 256);
    }

    @ParameterizedTest
    @MethodSource("identifiers")
    void aFeatureIsThereIfItsLogSaysSo(int fid) {
        MemorySegment effects = admin.read(Sq.log(LogPage.FEATURE_EFFECTS, 1024, 0, false), 1024)
                .page();
        boolean there = Wire.u32(effects, fid * 4L) != 0;
        int status = admin.send(get(fid, 0, Feature.SELECT_CAPABILITIES, 0)).status();
        assertEquals(there ? Status.SUCCESS : INVALID, status);
        if (!there) {
            assertEquals(INVALID, setStatus(fid, 0, 0));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a power state that there is not, 0x02, 0, 1",
        "a sensor that there is not, 0x04, 0, 0x10000",
        "a sensor that there cannot be, 0x04, 0, 0xE0000",
        "a kind of threshold that there is not, 0x04, 0, 0x200000",
        "events that there are not, 0x0B, 0, 0x80000000",
        "65535 submission queues, 0x07, 0, 0x0000FFFF",
        "65535 completion queues, 0x07, 0, 0xFFFF0000",
        "interrupt coalescing, 0x08, 0, 0",
        "interrupt vector configuration, 0x09, 0, 0",
        "autonomous power states, 0x0C, 0, 0",
        "host memory buffer, 0x0D, 0, 0",
        "timestamp, 0x0E, 0, 0",
        "command set profile, 0x19, 0, 0",
        "vendor specific, 0xC0, 0, 0"
    })
    void aValueThatThereIsNotIsInvalid(String name, String fid, int nsid, String value) {
        assertEquals(
                INVALID, setStatus(Integer.decode(fid), nsid, Long.decode(value).intValue()), name);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a sensor that there is not, 0x04, 0x10000",
        "all sensors at once, 0x04, 0xF0000",
        "a kind of threshold that there is not, 0x04, 0x300000"
    })
    void aValueThatThereIsNotIsNotRead(String name, String fid, String cdw11) {
        assertEquals(
                INVALID,
                admin.send(get(Integer.decode(fid), 0, 0, Integer.decode(cdw11)))
                        .status(),
                name);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7})
    void aSelectionThatThereIsNotIsInvalid(int select) {
        assertEquals(INVALID, admin.send(get(Feature.ARBITRATION, 0, select, 0)).status());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x02, 0x04, 0x05, 0x06, 0x07, 0x0A, 0x0B, 0x0F})
    void nothingIsSaved(int fid) {
        assertEquals(Status.FEATURE_NOT_SAVEABLE | Status.DNR, setStatus(fid | Feature.SAVE, 1, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x02, 0x04, 0x06, 0x07, 0x0A, 0x0B, 0x0F})
    void aFeatureOfTheControllerIsNotSetForANamespace(int fid) {
        assertEquals(Status.FEATURE_NOT_NAMESPACE_SPECIFIC | Status.DNR, setStatus(fid, 1, 1));
        assertEquals(Status.SUCCESS, setStatus(fid, ALL, 0));
    }

    // Error recovery

    @Test
    void errorRecoveryIsOfANamespace() {
        t.addSlowNamespace(2);
        assertEquals(Status.SUCCESS, setStatus(Feature.ERROR_RECOVERY, 1, 7));
        assertEquals(0, value(Feature.ERROR_RECOVERY, 2, 0));
        assertEquals(Status.SUCCESS, setStatus(Feature.ERROR_RECOVERY, ALL, 9));
        assertEquals(9, value(Feature.ERROR_RECOVERY, 1, 0));
        assertEquals(9, value(Feature.ERROR_RECOVERY, 2, 0));
        for (int nsid : new int[] {0, 3, 33, ALL}) {
            assertEquals(
                    INVALID_NAMESPACE,
                    admin.send(get(Feature.ERROR_RECOVERY, nsid, 0, 0)).status());
        }
        for (int nsid : new int[] {0, 3, 33}) {
            assertEquals(INVALID_NAMESPACE, setStatus(Feature.ERROR_RECOVERY, nsid, 0));
        }
    }

    @Test
    void deallocatedBlocksAreErrorsWhereTheDeviceKnowsThem() {
        TestQueue io = t.io(admin, 1, 1);
        MemorySegment read = Sq.io(Opcode.READ, 1, 0, 1);
        assertEquals(Status.SUCCESS, io.read(read, TestTarget.BLOCK).status());
        assertEquals(Status.SUCCESS, setStatus(Feature.ERROR_RECOVERY, 1, Feature.DULBE));
        assertEquals(
                Status.DEALLOCATED_OR_UNWRITTEN | Status.DNR,
                io.read(Sq.io(Opcode.READ, 1, 0, 1), TestTarget.BLOCK).status());
        t.done(new Step.CreateBdev(TestTarget.nothing("zero", 1024)));
        t.done(new Step.AddNamespace(NQN, TestTarget.namespace(2, "zero")));
        assertEquals(INVALID, setStatus(Feature.ERROR_RECOVERY, 2, Feature.DULBE));
        assertEquals(INVALID, setStatus(Feature.ERROR_RECOVERY, ALL, Feature.DULBE));
    }

    @Test
    void whatWasSetForANamespaceGoesWithIt() {
        t.addSlowNamespace(2);
        setStatus(Feature.ERROR_RECOVERY, 2, 7);
        t.done(new Step.RemoveNamespace(NQN, new Nsid(2)));
        t.done(new Step.CreateBdev(TestTarget.malloc("other", 1024)));
        t.done(new Step.AddNamespace(NQN, TestTarget.namespace(2, "other")));
        assertEquals(0, value(Feature.ERROR_RECOVERY, 2, 0));
    }

    // Write cache

    @Test
    void withoutTheWriteCacheEveryWriteIsStableAtOnce() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestQueue io = t.io(admin, 1, 1);
        io.write(Sq.io(Opcode.WRITE, 2, 0, 1), new byte[TestTarget.BLOCK]);
        assertFalse(slow.working.getLast().isFua());
        setStatus(Feature.VOLATILE_WRITE_CACHE, 0, 0);
        io.write(Sq.io(Opcode.WRITE, 2, 0, 1), new byte[TestTarget.BLOCK]);
        assertTrue(slow.working.getLast().isFua());
        io.read(Sq.io(Opcode.READ, 2, 0, 1), TestTarget.BLOCK);
        assertFalse(slow.working.getLast().isFua());
        slow.completeAll();
    }

    private TestQueue hostOfADiskWithoutACache() {
        t.addSlowNamespace(2).cached = false;
        t.done(new Step.RemoveNamespace(NQN, new Nsid(1)));
        return t.admin();
    }

    private static int vwc(TestQueue admin) {
        return Wire.u8(
                admin.read(Sq.admin(Opcode.IDENTIFY, 0, Identify.CNS_CONTROLLER, 0), Identify.BYTES)
                        .page(),
                IdentifyController.VWC);
    }

    @Test
    void aControllerOfDisksWithoutACacheHasNone() {
        assertEquals(7, vwc(admin));
        TestQueue host = hostOfADiskWithoutACache();
        assertEquals(6, vwc(host));
        assertEquals(INVALID, host.send(set(Feature.VOLATILE_WRITE_CACHE, 0, 1)).status());
        assertEquals(
                INVALID, host.send(get(Feature.VOLATILE_WRITE_CACHE, 0, 0, 0)).status());
    }

    /** The host that was told of no cache sends no flushes. */
    @Test
    void aDiskWithACacheThatComesLaterIsWrittenThrough() {
        TestQueue host = hostOfADiskWithoutACache();
        SlowBdev late = t.addSlowNamespace(3);
        assertEquals(6, vwc(host));
        TestQueue io = t.io(host, 1, 1);
        io.write(Sq.io(Opcode.WRITE, 3, 0, 1), new byte[TestTarget.BLOCK]);
        assertTrue(late.working.getLast().isFua());
        assertEquals(7, vwc(t.admin()));
        late.completeAll();
    }

    @Test
    void aControllerWithoutNamespacesMayGetOnesWithACache() {
        t.done(new Step.RemoveNamespace(NQN, new Nsid(1)));
        assertEquals(7, vwc(t.admin()));
    }

    // Number of queues

    @Test
    void theNumberOfQueuesIsGranted() {
        TestRequest r = admin.send(set(Feature.NUMBER_OF_QUEUES, 0, 3 | 3 << 16));
        assertEquals(126 | 126 << 16, r.dw0());
        assertEquals(126 | 126 << 16, value(Feature.NUMBER_OF_QUEUES, 0, 0));
    }

    @Test
    void theNumberOfQueuesIsSetBeforeThereAreAny() {
        t.io(admin, 1, 1);
        assertEquals(Status.COMMAND_SEQUENCE_ERROR | Status.DNR, setStatus(Feature.NUMBER_OF_QUEUES, 0, 3 | 3 << 16));
    }

    // Temperature

    private static int over(int kelvin) {
        return kelvin;
    }

    private static int under(int kelvin) {
        return kelvin | 1 << 20;
    }

    private int criticalWarning() {
        return Wire.u8(admin.read(Sq.log(LogPage.SMART, 512, 0, true), 512).page(), 0);
    }

    @ParameterizedTest
    @CsvSource({"303, 2", "304, 0", "300, 2", "0, 2", "65535, 0"})
    void aTemperatureOverItsThresholdIsACriticalWarning(int kelvin, int warning) {
        setStatus(Feature.TEMPERATURE_THRESHOLD, 0, over(kelvin));
        assertEquals(warning, criticalWarning());
    }

    @ParameterizedTest
    @CsvSource({"303, 2", "302, 0", "310, 2", "0, 0"})
    void aTemperatureUnderItsThresholdIsACriticalWarning(int kelvin, int warning) {
        setStatus(Feature.TEMPERATURE_THRESHOLD, 0, under(kelvin));
        assertEquals(
                kelvin,
                admin.send(get(Feature.TEMPERATURE_THRESHOLD, 0, 0, 1 << 20)).dw0());
        assertEquals(warning, criticalWarning());
    }

    @Test
    void aThresholdForAllSensorsIsTheOneOfTheComposite() {
        setStatus(Feature.TEMPERATURE_THRESHOLD, 0, over(340) | 0xF << 16);
        assertEquals(340, value(Feature.TEMPERATURE_THRESHOLD, 0, 0));
    }

    @Test
    void aTemperatureThatCrossesItsThresholdIsTold() {
        TestRequest aer = admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
        setStatus(Feature.ASYNC_EVENT_CONFIGURATION, 0, LogPage.WARNING_TEMPERATURE);
        setStatus(Feature.TEMPERATURE_THRESHOLD, 0, over(300));
        assertEquals(AsyncEvent.TEMPERATURE, aer.dw0());
    }

    // Data structures

    @Test
    void theHostIdentifierIsTheOneOfConnect() {
        TestRequest r = admin.read(get(Feature.HOST_IDENTIFIER, 0, 0, 1), 16);
        assertEquals(0x1111_1111_2222_3333L, Wire.bigEndian64(r.page(), 0));
        assertEquals(
                INVALID, admin.read(get(Feature.HOST_IDENTIFIER, 0, 0, 0), 8).status());
        assertEquals(
                Status.DATA_SGL_LENGTH_INVALID | Status.DNR,
                admin.read(get(Feature.HOST_IDENTIFIER, 0, 0, 1), 8).status());
    }

    @Test
    void theHostIdentifierIsSetByConnectAlone() {
        assertEquals(
                Status.COMMAND_SEQUENCE_ERROR | Status.DNR,
                admin.write(set(Feature.HOST_IDENTIFIER, 0, 1), new byte[16]).status());
    }

    private static byte[] behavior(int acre, int etdas, int lbafee) {
        byte[] data = new byte[Feature.HOST_BEHAVIOR_BYTES];
        data[0] = (byte) acre;
        data[1] = (byte) etdas;
        data[2] = (byte) lbafee;
        return data;
    }

    private byte[] behavior(int select) {
        return admin.read(get(Feature.HOST_BEHAVIOR_SUPPORT, 0, select, 0), Feature.HOST_BEHAVIOR_BYTES)
                .read();
    }

    @Test
    void whatTheHostCanDoIsKept() {
        byte[] data = behavior(1, 0, 1);
        assertEquals(
                Status.SUCCESS,
                admin.write(set(Feature.HOST_BEHAVIOR_SUPPORT, 0, 0), data).status());
        assertArrayEquals(data, behavior(Feature.SELECT_CURRENT));
        assertArrayEquals(behavior(0, 0, 0), behavior(Feature.SELECT_DEFAULT));
    }

    @ParameterizedTest
    @CsvSource({"2, 0, 0", "0, 2, 0", "0, 0, 2", "255, 0, 0"})
    void whatNoHostCanDoIsInvalid(int acre, int etdas, int lbafee) {
        assertEquals(
                INVALID,
                admin.write(set(Feature.HOST_BEHAVIOR_SUPPORT, 0, 0), behavior(acre, etdas, lbafee))
                        .status());
        assertArrayEquals(behavior(0, 0, 0), behavior(Feature.SELECT_CURRENT));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 511, 513, 4096})
    void theHostsBehaviorHasOneLength(int bytes) {
        assertEquals(
                Status.DATA_SGL_LENGTH_INVALID | Status.DNR,
                admin.write(set(Feature.HOST_BEHAVIOR_SUPPORT, 0, 0), new byte[bytes])
                        .status());
    }

    @Test
    void aFeatureWithoutDataTakesNone() {
        int expected = Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        assertEquals(
                expected,
                admin.write(set(Feature.ARBITRATION, 0, 0), new byte[4]).status());
        assertEquals(expected, admin.read(get(Feature.ARBITRATION, 0, 0, 0), 4).status());
    }

    @Test
    void capabilitiesAreReadWhateverTheBuffer() {
        TestRequest r = admin.read(get(Feature.HOST_BEHAVIOR_SUPPORT, 0, 3, 0), 512);
        assertEquals(Status.SUCCESS, r.status());
        assertEquals(4, r.dw0());
    }

    // Keep alive

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 10000", "10000, 10000", "10001, 20000", "-1, -7296"})
    void theKeepAliveTimerIsRoundedUp(int askedMs, int grantedMs) {
        setStatus(Feature.KEEP_ALIVE_TIMER, 0, askedMs);
        assertEquals(grantedMs, value(Feature.KEEP_ALIVE_TIMER, 0, 0));
        assertEquals(120_000, value(Feature.KEEP_ALIVE_TIMER, 0, Feature.SELECT_DEFAULT));
    }

    // Discovery

    @ParameterizedTest
    @CsvSource({"0x0B, 0", "0x0F, 0", "0x81, 0", "0x01, 1", "0x02, 1", "0x04, 1", "0x05, 1", "0x06, 1", "0x07, 1"})
    void aDiscoveryControllerHasFewFeatures(String fid, int missing) {
        TestQueue discovery = t.admin(Nqn.DISCOVERY, HOST, 0);
        int status = discovery
                .send(get(Integer.decode(fid), 0, Feature.SELECT_CAPABILITIES, 0))
                .status();
        assertEquals(missing == 0 ? Status.SUCCESS : INVALID, status);
    }

    @Test
    void featuresAreOfOneController() {
        TestQueue other = t.admin();
        setStatus(Feature.ARBITRATION, 0, 5);
        assertEquals(0, other.send(get(Feature.ARBITRATION, 0, 0, 0)).dw0());
        assertTrue(other.pair().cntlid() != admin.pair().cntlid());
    }
}
