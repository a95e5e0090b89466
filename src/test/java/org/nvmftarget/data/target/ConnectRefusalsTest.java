package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.OTHER_ADDRESS;
import static org.nvmftarget.data.target.TestTarget.OTHER_HOST;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;

/** Every reason to refuse Connect, with its status and what DW0 says (NVMe over Fabrics 1.1, section 3.3). */
class ConnectRefusalsTest {

    private static final int INVALID = Status.CONNECT_INVALID_PARAMETERS | Status.DNR;
    private static final int IN_DATA = 1 << 16;

    private final TestTarget t = TestTarget.serving();

    /** The command and the data of a Connect that would succeed. */
    static final class Attempt {
        final MemorySegment sqe;
        final MemorySegment data = MemorySegment.ofArray(new byte[ConnectData.BYTES]);
        int sglBytes = ConnectData.BYTES;

        Attempt(int qid, int cntlid) {
            sqe = Sq.connect(qid, 31, 0);
            TestTarget.connectData(NQN, HOST, cntlid).encode(data);
        }

        TestRequest send(TestQueue queue) {
            return queue.send(sqe, data.toArray(ValueLayout.JAVA_BYTE), sglBytes, 0);
        }
    }

    /** @param dw0 of the completion */
    record Row(String name, Consumer<Attempt> spoil, int status, int dw0) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row inCommand(String name, Consumer<Attempt> spoil, long offset) {
        return new Row(name, spoil, INVALID, (int) offset);
    }

    private static Row inData(String name, Consumer<Attempt> spoil, long offset) {
        return new Row(name, spoil, INVALID, IN_DATA | (int) offset);
    }

    private static void text(Attempt a, long at, String text) {
        Wire.putText(a.data, at, ConnectData.NQN_BYTES, text, '\0');
    }

    private static Stream<Row> bothKinds() {
        return Stream.of(
                new Row(
                        "RECFMT",
                        a -> Wire.putU16(a.sqe, Connect.RECFMT, 1),
                        Status.CONNECT_INCOMPATIBLE_FORMAT | Status.DNR,
                        0),
                inCommand("SQSIZE of 0", a -> Wire.putU16(a.sqe, Connect.SQSIZE, 0), Connect.SQSIZE),
                inCommand("SQSIZE too large", a -> Wire.putU16(a.sqe, Connect.SQSIZE, 128), Connect.SQSIZE),
                inCommand("CATTR bit 5", a -> Wire.putU8(a.sqe, Connect.CATTR, 1 << 5), Connect.CATTR),
                inCommand("CATTR bit 7", a -> Wire.putU8(a.sqe, Connect.CATTR, 1 << 7), Connect.CATTR),
                inCommand("FUSE", a -> Wire.putU8(a.sqe, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | 1), Sqe.FLAGS),
                inCommand("PSDT of PRP", a -> Wire.putU8(a.sqe, Sqe.FLAGS, 0), Sqe.FLAGS),
                inData("SUBNQN empty", a -> text(a, ConnectData.SUBNQN, ""), ConnectData.SUBNQN),
                inData("SUBNQN no NQN", a -> text(a, ConnectData.SUBNQN, "disk0"), ConnectData.SUBNQN),
                inData(
                        "SUBNQN without an end",
                        a -> text(a, ConnectData.SUBNQN, "nqn.2026-11.org.example:" + "x".repeat(232)),
                        ConnectData.SUBNQN),
                inData(
                        "SUBNQN unknown",
                        a -> text(a, ConnectData.SUBNQN, "nqn.2026-11.org.example:no"),
                        ConnectData.SUBNQN),
                inData("HOSTNQN empty", a -> text(a, ConnectData.HOSTNQN, ""), ConnectData.HOSTNQN),
                inData(
                        "HOSTNQN without an end",
                        a -> text(a, ConnectData.HOSTNQN, "nqn.2026-11.org.example:" + "x".repeat(232)),
                        ConnectData.HOSTNQN),
                new Row("short data", a -> a.sglBytes = 512, Status.DATA_SGL_LENGTH_INVALID | Status.DNR, 0),
                new Row("long data", a -> a.sglBytes = 2048, Status.DATA_SGL_LENGTH_INVALID | Status.DNR, 0));
    }

    private static Stream<Row> adminOnly() {
        return Stream.of(
                inData("HOSTID of 0", a -> a.data.asSlice(0, 16).fill((byte) 0), ConnectData.HOSTID),
                inData(
                        "CNTLID of the static model: any",
                        a -> Wire.putU16(a.data, ConnectData.CNTLID, 0xFFFE),
                        ConnectData.CNTLID),
                inData(
                        "CNTLID of the static model: one",
                        a -> Wire.putU16(a.data, ConnectData.CNTLID, 1),
                        ConnectData.CNTLID));
    }

    private static Stream<Row> ioOnly() {
        return Stream.of(
                inCommand("QID beyond the grant", a -> Wire.putU16(a.sqe, Connect.QID, 128), Connect.QID),
                inCommand("QID of no queue", a -> Wire.putU16(a.sqe, Connect.QID, 0xFFFF), Connect.QID),
                inData(
                        "HOSTNQN of another",
                        a -> text(a, ConnectData.HOSTNQN, OTHER_HOST.value()),
                        ConnectData.HOSTNQN),
                inData("HOSTID of another", a -> Wire.putU8(a.data, 15, 0x56), ConnectData.HOSTID),
                new Row(
                        "CNTLID of a controller that may have been lost",
                        a -> Wire.putU16(a.data, ConnectData.CNTLID, 77),
                        Status.CONNECT_INVALID_PARAMETERS,
                        IN_DATA | (int) ConnectData.CNTLID),
                new Row(
                        "CNTLID of none",
                        a -> Wire.putU16(a.data, ConnectData.CNTLID, 0xFFFF),
                        Status.CONNECT_INVALID_PARAMETERS,
                        IN_DATA | (int) ConnectData.CNTLID));
    }

    private static Stream<Row> admin() {
        return Stream.concat(bothKinds(), adminOnly());
    }

    private static Stream<Row> io() {
        return Stream.concat(bothKinds(), ioOnly());
    }

    private static void assertRefused(Row row, Attempt attempt, TestQueue queue) {
        row.spoil.accept(attempt);
        TestRequest r = attempt.send(queue);
        assertEquals(Status.toText(row.status), Status.toText(r.status()));
        assertEquals(row.dw0, r.dw0());
        assertEquals(-1, queue.pair().qid());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("admin")
    void anAdminQueueIsRefused(Row row) {
        TestQueue queue = t.accept(0);
        assertRefused(row, new Attempt(0, 0xFFFF), queue);
        assertEquals(Status.SUCCESS, new Attempt(0, 0xFFFF).send(queue).status(), "the queue takes another attempt");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io")
    void anIoQueueIsRefused(Row row) {
        TestQueue admin = t.admin();
        int cntlid = admin.pair().cntlid();
        TestQueue queue = t.accept(1);
        assertRefused(row, new Attempt(1, cntlid), queue);
        assertEquals(Status.SUCCESS, new Attempt(1, cntlid).send(queue).status(), "the queue takes another attempt");
        long errors =
                Wire.u64(admin.read(Sq.log(LogPage.ERROR, 64, 0, true), 64).page(), 0);
        assertEquals(0, errors, "a Connect that failed is not in the error log");
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void aQueueMayBeAsSmallAsTwoAndAsLargeAsAllowed(int sqsize) {
        Attempt attempt = new Attempt(0, 0xFFFF);
        Wire.putU16(attempt.sqe, Connect.SQSIZE, sqsize);
        assertEquals(Status.SUCCESS, attempt.send(t.accept(0)).status());
    }

    private static Stream<Integer> sizes() {
        return Stream.of(1, 30, 31, 127);
    }

    @ParameterizedTest
    @MethodSource("attributes")
    void theAttributesThatThereAreAreTaken(int cattr) {
        Attempt attempt = new Attempt(0, 0xFFFF);
        Wire.putU8(attempt.sqe, Connect.CATTR, cattr);
        assertEquals(Status.SUCCESS, attempt.send(t.accept(0)).status());
    }

    /** Priority class, flow control, deletion of single queues, a discovery controller as the host. */
    private static Stream<Integer> attributes() {
        return Stream.of(1, 2, 3, 1 << 2, 1 << 3, 1 << 4);
    }

    @Test
    void anIoQueueComesThroughThePortOfItsController() {
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        int cntlid = t.admin().pair().cntlid();
        TestRequest r = new Attempt(1, cntlid).send(t.accept(OTHER_ADDRESS, OTHER_ADDRESS, 1));
        assertEquals(INVALID, r.status());
        assertEquals(IN_DATA | (int) ConnectData.CNTLID, r.dw0());
    }

    @Test
    void aDiscoveryControllerTakesAnyKeepAlive() {
        for (int katoMs : new int[] {0, 1, 120_000}) {
            TestQueue queue = t.accept(0);
            TestRequest r =
                    queue.connect(Sq.connect(0, 31, katoMs), TestTarget.connectData(Nqn.DISCOVERY, HOST, 0xFFFF));
            assertEquals(Status.SUCCESS, r.status());
        }
    }

    @Test
    void aControllerOfAnotherSubsystemIsNotFound() {
        Nqn other = new Nqn("nqn.2026-11.org.example:other");
        t.done(new Step.CreateSubsystem(other, "NT02", "m", 32, 1, 0xFFEF));
        t.done(new Step.SetAllowAnyHost(other, true));
        t.done(new Step.AddListener(other, TestTarget.ADDRESS));
        int cntlid = t.admin().pair().cntlid();
        TestRequest r = t.accept(1).connect(1, TestTarget.connectData(other, HOST, cntlid));
        assertEquals(Status.CONNECT_INVALID_PARAMETERS, r.status());
        assertEquals(IN_DATA | (int) ConnectData.CNTLID, r.dw0());
    }
}
