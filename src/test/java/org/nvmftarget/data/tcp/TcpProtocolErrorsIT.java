package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.initiator.RawConnection;

/** What a host gets that breaks the protocol: C2HTermReq, with the fatal error status and the field at fault. */
@Timeout(60)
class TcpProtocolErrorsIT {

    private static final int INVALID_HEADER_FIELD = 1;
    private static final int SEQUENCE_ERROR = 2;
    private static final int DATA_OUT_OF_RANGE = 4;
    private static final int DATA_LIMIT_EXCEEDED = 5;

    private final TcpRig rig = TcpRig.withDefaults();

    @AfterEach
    void close() {
        rig.close();
    }

    private void assertTerminated(RawConnection host, int fes, int fei, ByteBuffer faulty) throws IOException {
        RawConnection.Pdu term = host.receive().orElseThrow();
        assertEquals(RawConnection.C2H_TERM, term.type());
        assertEquals(24, term.headerLength());
        assertEquals(fes, term.u16(8));
        assertEquals(fei, term.u32(10));
        int copied = term.bytes().capacity() - 24;
        assertTrue(copied >= 8 && copied <= 128, "the PDU header at fault follows: " + copied);
        assertEquals(faulty.slice(0, copied), term.bytes().slice(24, copied));
        assertTrue(host.receive().isEmpty(), "the target closes its side");
        host.close();
        rig.assertNothingLeft();
    }

    private void assertIcReqRefused(UnaryOperator<ByteBuffer> change, int fes, int fei) throws IOException {
        try (RawConnection host = RawConnection.open(rig.target())) {
            ByteBuffer request = change.apply(RawConnection.icReq(0, 0, 0));
            host.send(request);
            assertTerminated(host, fes, fei, request);
        }
    }

    private RawConnection connected() throws IOException {
        RawConnection host = RawConnection.open(rig.target());
        host.negotiate(0);
        host.send(RawConnection.capsule(
                Commands.connect(1, 31, 0, true).putInt(32, 1024).putInt(36, 1 << 24), new byte[1024]));
        assertEquals(RawConnection.RSP, host.receive().orElseThrow().type());
        return host;
    }

    private void assertRefused(ByteBuffer pdu, int fes, int fei) throws IOException {
        try (RawConnection host = connected()) {
            host.send(pdu);
            assertTerminated(host, fes, fei, pdu);
        }
    }

    private static ByteBuffer keepAlive() {
        return RawConnection.capsule(Commands.keepAlive().putInt(36, 0x5A << 24), new byte[0]);
    }

    @Test
    void shouldRefuseAnotherVersionOfThePduFormat() throws Exception {
        assertIcReqRefused(pdu -> pdu.putShort(8, (short) 1), INVALID_HEADER_FIELD, 8);
    }

    @Test
    void shouldRefuseAnAlignmentBeyondTheLargest() throws Exception {
        assertIcReqRefused(pdu -> pdu.put(10, (byte) 32), INVALID_HEADER_FIELD, 10);
    }

    @Test
    void shouldRefuseAnIcReqOfAWrongLength() throws Exception {
        assertIcReqRefused(pdu -> pdu.putInt(4, 64), INVALID_HEADER_FIELD, 4);
    }

    @Test
    void shouldRefuseAnIcReqWithAWrongHeaderLength() throws Exception {
        assertIcReqRefused(pdu -> pdu.put(2, (byte) 127), INVALID_HEADER_FIELD, 2);
    }

    @Test
    void shouldRefuseACommandBeforeIcReq() throws Exception {
        try (RawConnection host = RawConnection.open(rig.target())) {
            host.send(keepAlive());
            assertTerminated(host, SEQUENCE_ERROR, 0, keepAlive());
        }
    }

    @Test
    void shouldRefuseASecondIcReq() throws Exception {
        assertRefused(RawConnection.icReq(0, 0, 0), SEQUENCE_ERROR, 0);
    }

    @Test
    void shouldAnswerAWishForDigestsWithoutThem() throws Exception {
        try (RawConnection host = RawConnection.open(rig.target())) {
            host.send(RawConnection.icReq(0, 0, 3));

            RawConnection.Pdu response = host.receive().orElseThrow();

            assertEquals(RawConnection.ICRESP, response.type());
            assertEquals(128, response.u32(4));
            assertEquals(0, response.u16(8), "PFV");
            assertEquals(0, response.bytes().get(10), "CPDA");
            assertEquals(0, response.bytes().get(11), "DGST");
            assertEquals(131072, response.u32(12), "MAXH2CDATA");
        }
    }

    @Test
    void shouldRefuseAnUnknownPduType() throws Exception {
        assertRefused(keepAlive().put(0, (byte) 0x42), INVALID_HEADER_FIELD, 0);
    }

    @Test
    void shouldRefuseThePdusOfAController() throws Exception {
        assertRefused(RawConnection.pdu(RawConnection.C2H_DATA, 0, 24, 0, 24), INVALID_HEADER_FIELD, 0);
    }

    @Test
    void shouldRefuseALengthShorterThanTheHeader() throws Exception {
        assertRefused(keepAlive().putInt(4, 71), INVALID_HEADER_FIELD, 4);
    }

    @Test
    void shouldRefuseALengthThatLooksNegative() throws Exception {
        assertRefused(keepAlive().putInt(4, -1), INVALID_HEADER_FIELD, 4);
    }

    @Test
    void shouldRefuseDataThatBeginInsideTheHeader() throws Exception {
        ByteBuffer pdu =
                RawConnection.capsule(Commands.write(1, 0, 1), new byte[512]).put(3, (byte) 71);
        assertRefused(pdu, INVALID_HEADER_FIELD, 3);
    }

    @Test
    void shouldRefuseDigestFlagsThatWereNotAgreed() throws Exception {
        assertRefused(keepAlive().put(1, (byte) 1), INVALID_HEADER_FIELD, 1);
    }

    @Test
    void shouldRefuseMoreDataInACapsuleThanItHolds() throws Exception {
        ByteBuffer pdu =
                RawConnection.capsule(Commands.write(1, 0, 9).putInt(32, 4608).putInt(36, 1 << 24), new byte[4608]);
        assertRefused(pdu, DATA_LIMIT_EXCEEDED, 0);
    }

    @Test
    void shouldRefuseCapsuleDataThatTheSglDoesNotMention() throws Exception {
        ByteBuffer pdu =
                RawConnection.capsule(Commands.write(1, 0, 1).putInt(32, 512).putInt(36, 0x5A << 24), new byte[512]);
        assertRefused(pdu, INVALID_HEADER_FIELD, 4);
    }

    @Test
    void shouldRefuseDataForATagThatWasNotGiven() throws Exception {
        assertRefused(RawConnection.h2cData(0, 9, 0, new byte[512], 0, 512, true), INVALID_HEADER_FIELD, 10);
        assertRefused(RawConnection.h2cData(0, 0xFFFF, 0, new byte[512], 0, 512, true), INVALID_HEADER_FIELD, 10);
    }

    private void assertDataRefused(UnaryOperator<ByteBuffer> change, int fes, int fei) throws IOException {
        try (RawConnection host = connected()) {
            host.send(RawConnection.capsule(
                    Commands.write(1, 0, 16)
                            .putInt(32, 8192)
                            .putInt(36, 0x5A << 24)
                            .putShort(2, (short) 5),
                    new byte[0]));
            RawConnection.Pdu r2t = host.receive().orElseThrow();
            assertEquals(RawConnection.R2T, r2t.type());
            ByteBuffer pdu = change.apply(RawConnection.h2cData(5, r2t.u16(10), 0, new byte[8192], 0, 8192, true));
            host.send(pdu);
            assertTerminated(host, fes, fei, pdu);
        }
    }

    @Test
    void shouldRefuseDataForAnotherCommand() throws Exception {
        assertDataRefused(pdu -> pdu.putShort(8, (short) 6), INVALID_HEADER_FIELD, 8);
    }

    @Test
    void shouldRefuseDataAtAnotherOffset() throws Exception {
        assertDataRefused(pdu -> pdu.putInt(12, 512), DATA_OUT_OF_RANGE, 0);
        assertDataRefused(pdu -> pdu.putInt(12, -512), DATA_OUT_OF_RANGE, 0);
    }

    @Test
    void shouldRefuseADataLengthThatIsNotThePdus() throws Exception {
        assertDataRefused(pdu -> pdu.putInt(16, 4096), INVALID_HEADER_FIELD, 16);
    }

    @Test
    void shouldRefuseMoreDataThanItAskedFor() throws Exception {
        assertDataRefused(
                pdu -> RawConnection.h2cData(5, pdu.getShort(10), 0, new byte[8704], 0, 8704, true),
                DATA_OUT_OF_RANGE,
                0);
    }

    @Test
    void shouldRefuseALastFlagBeforeTheEnd() throws Exception {
        assertDataRefused(
                pdu -> RawConnection.h2cData(5, pdu.getShort(10), 0, new byte[512], 0, 512, true),
                INVALID_HEADER_FIELD,
                1);
    }

    @Test
    void shouldRefuseMoreCommandsThanAQueueCanHold() throws Exception {
        try (RawConnection host = connected()) {
            ByteBuffer held = RawConnection.capsule(Commands.asyncEvent().putInt(36, 0x5A << 24), new byte[0]);
            for (int i = 0; i < 129; i++) {
                host.send(held);
            }
            assertTerminated(host, SEQUENCE_ERROR, 0, held);
        }
    }

    @Test
    void shouldCloseWhenTheHostSendsATermReq() throws Exception {
        try (RawConnection host = connected()) {
            host.send(RawConnection.pdu(RawConnection.H2C_TERM, 0, 24, 0, 48).putShort(8, (short) 1));

            assertTrue(host.receive().isEmpty());
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldAnswerACommandWithAWrongSglByItsStatusAndGoOn() throws Exception {
        try (HostQueue queue = rig.queue(1)) {
            ByteBuffer readInCapsule = Commands.read(1, 0, 1);
            Completion wrongWay = HostQueue.await(queue.submitInCapsule(readInCapsule, new byte[512]));
            Completion tooShort = HostQueue.await(queue.submitInCapsule(Commands.write(1, 0, 2), new byte[512]));

            assertEquals(0x02, wrongWay.status());
            assertTrue(wrongWay.dnr());
            assertEquals(0x0F, tooShort.status());
            assertTrue(HostQueue.await(queue.submitRead(Commands.read(1, 0, 1), 512))
                    .succeeded());
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldNameAnSglThatItDoesNotKnowAndDropItsData() throws Exception {
        try (RawConnection host = connected()) {
            host.send(RawConnection.capsule(
                    Commands.write(1, 0, 1).putInt(32, 512).putInt(36, 0x30 << 24), new byte[512]));
            assertEquals((0x4000 | 0x11) << 1, host.receive().orElseThrow().u16(22));
            host.send(RawConnection.capsule(
                    Commands.write(1, 0, 1).putLong(24, 16).putInt(32, 512).putInt(36, 1 << 24), new byte[512]));
            assertEquals((0x4000 | 0x16) << 1, host.receive().orElseThrow().u16(22));
            host.send(keepAlive());
            assertEquals(0, host.receive().orElseThrow().u16(22));
        }
    }
}
