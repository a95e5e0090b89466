package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.target.TestHost.ok;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nsid;

/** What the fields of Register, Acquire and Release must be. */
class ReservationFieldsTest {

    private static final int INVALID_FIELD = Status.INVALID_FIELD | Status.DNR;
    private static final int INVALID_NAMESPACE = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;

    private final TestTarget t = TestTarget.serving();
    private final TestHost a = TestHost.of(t, 1, 0);

    private void assertInvalid(int opcode, String cdw10) {
        ok(a.register(1));
        assertEquals(
                INVALID_FIELD,
                a.keys(opcode, 1, Long.decode(cdw10).intValue(), 1, 1).status());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "reserved RREGA: 3,                      0x00000003",
        "reserved RREGA: 7,                      0x00000007",
        "reserved CPTPL,                         0x40000000",
        "PTPL of a target that keeps nothing,    0xC0000000"
    })
    void aReservedValueOfRegisterIsInvalid(String name, String cdw10) {
        assertInvalid(Opcode.RESERVATION_REGISTER, cdw10);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "reserved RACQA: 3, 0x00000103",
        "reserved RACQA: 7, 0x00000107",
        "reserved RTYPE: 0, 0x00000000",
        "reserved RTYPE: 7, 0x00000700",
        "reserved RTYPE: FFh, 0x0000FF00",
        "IEKEY,             0x00000108"
    })
    void aReservedValueOfAcquireIsInvalid(String name, String cdw10) {
        assertInvalid(Opcode.RESERVATION_ACQUIRE, cdw10);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "reserved RRELA: 2, 0x00000102",
        "reserved RRELA: 7, 0x00000107",
        "reserved RTYPE: 0, 0x00000000",
        "reserved RTYPE: 7, 0x00000700",
        "IEKEY,             0x00000108",
        "IEKEY of Clear,    0x00000109"
    })
    void aReservedValueOfReleaseIsInvalid(String name, String cdw10) {
        assertInvalid(Opcode.RESERVATION_RELEASE, cdw10);
    }

    @ParameterizedTest
    @CsvSource({"13", "17", "21"})
    void aNamespaceThatIsNotThereHasNoReservations(int opcode) {
        assertEquals(INVALID_NAMESPACE, a.keys(opcode, 9, 0x100, 1, 1).status());
        assertEquals(
                INVALID_NAMESPACE, a.keys(opcode, Nsid.BROADCAST, 0x100, 1, 1).status());
    }

    @Test
    void keysNeedTheirBytesAndMayHaveMore() {
        int wrong = Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        assertEquals(
                wrong,
                a.io.write(Sq.reservation(Opcode.RESERVATION_REGISTER, 1, 0), new byte[8])
                        .status());
        assertEquals(
                wrong,
                a.io.write(Sq.reservation(Opcode.RESERVATION_ACQUIRE, 1, 0x100), new byte[15])
                        .status());
        assertEquals(
                wrong,
                a.io.write(Sq.reservation(Opcode.RESERVATION_RELEASE, 1, 0x100), new byte[4])
                        .status());
        ok(a.register(1));
        byte[] key = {1, 0, 0, 0, 0, 0, 0, 0};
        TestRequest release = a.io.write(Sq.reservation(Opcode.RESERVATION_RELEASE, 1, 0x100), key);
        t.settle();
        ok(release);
    }

    @Test
    void anUndefinedCommandIsNoReservationCommand() {
        assertEquals(
                Status.INVALID_OPCODE | Status.DNR,
                a.io.send(Sq.command(0x12, 1)).status());
    }
}
