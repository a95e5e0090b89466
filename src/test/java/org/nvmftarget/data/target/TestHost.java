package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Reservation;
import org.nvmftarget.data.nvme.ReservationNotification;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.ReservationType;

/** A host with an identifier of its own and one controller: an admin queue on reactor 0, an I/O queue on another. */
final class TestHost {

    final HostId id;
    final TestQueue admin;
    final TestQueue io;
    private final TestTarget t;

    /** The host with this number; the same twice is one host with two controllers. */
    static TestHost of(TestTarget t, int number, int ioReactor) {
        return new TestHost(t, new HostId(0xA0, number), ioReactor);
    }

    static void ok(TestRequest r) {
        assertEquals(0, r.status());
    }

    /** Connects; the same identifier twice is one host with two controllers. */
    TestHost(TestTarget t, HostId id, int ioReactor) {
        this.t = t;
        this.id = id;
        admin = connect(0, 0, Connect.CNTLID_DYNAMIC);
        TestTarget.enable(admin);
        io = connect(ioReactor, 1, admin.pair().cntlid());
    }

    private TestQueue connect(int reactor, int qid, int cntlid) {
        TestQueue queue = t.accept(reactor);
        ConnectData data =
                new ConnectData(id.high(), id.low(), cntlid, TestTarget.NQN.value(), TestTarget.HOST.value());
        int status = queue.connect(qid, data).status();
        if (status != 0) {
            throw new AssertionError("connect: " + Integer.toHexString(status));
        }
        return queue;
    }

    TestRequest register(long newKey) {
        return register(1, Reservation.REGISTER, 0, newKey);
    }

    /** @param cdw10 the action and its flags */
    TestRequest register(int nsid, int cdw10, long currentKey, long newKey) {
        return keys(Opcode.RESERVATION_REGISTER, nsid, cdw10, currentKey, newKey);
    }

    TestRequest acquire(ReservationType type, long key) {
        return acquire(1, Reservation.ACQUIRE, type, key, 0);
    }

    TestRequest acquire(int nsid, int action, ReservationType type, long key, long preempted) {
        return keys(Opcode.RESERVATION_ACQUIRE, nsid, action | type.code() << 8, key, preempted);
    }

    TestRequest release(ReservationType type, long key) {
        return keys(Opcode.RESERVATION_RELEASE, 1, Reservation.RELEASE | type.code() << 8, key, 0);
    }

    TestRequest clear(long key) {
        return keys(Opcode.RESERVATION_RELEASE, 1, Reservation.CLEAR, key, 0);
    }

    TestRequest keys(int opcode, int nsid, int cdw10, long first, long second) {
        TestRequest r = sendKeys(opcode, nsid, cdw10, first, second);
        t.settle();
        return r;
    }

    /** The command is on its way, and nothing else happens yet. */
    TestRequest sendKeys(int opcode, int nsid, int cdw10, long first, long second) {
        byte[] data = new byte[Reservation.TWO_KEYS_BYTES];
        MemorySegment s = MemorySegment.ofArray(data);
        Wire.putU64(s, 0, first);
        Wire.putU64(s, 8, second);
        return io.write(Sq.reservation(opcode, nsid, cdw10), data);
    }

    /** The report as hexadecimal digits. */
    String report(int nsid, int lengthBytes) {
        TestRequest r = io.read(Sq.reservationReport(nsid, lengthBytes, true), lengthBytes);
        if (r.status() != 0) {
            throw new AssertionError("report: " + Integer.toHexString(r.status()));
        }
        return HexFormat.of().formatHex(r.read());
    }

    TestRequest read() {
        return io.read(Sq.io(Opcode.READ, 1, 0, 1), TestTarget.BLOCK);
    }

    TestRequest write() {
        return io.write(Sq.io(Opcode.WRITE, 1, 0, 1), new byte[TestTarget.BLOCK]);
    }

    /** Every command to blocks of namespace 1, with whatever it needs to succeed; block 0 stays zeroes. */
    TestRequest io(int opcode) {
        byte[] zeroes = new byte[TestTarget.BLOCK];
        return switch (opcode) {
            case Opcode.READ -> read();
            case Opcode.WRITE, Opcode.COMPARE -> io.write(Sq.io(opcode, 1, 0, 1), zeroes);
            case Opcode.FLUSH -> io.send(Sq.command(opcode, 1));
            case Opcode.DATASET_MANAGEMENT -> io.write(Sq.reservation(opcode, 1, 0), new byte[DsmRange.BYTES]);
            case Opcode.COPY -> io.write(Sq.io(opcode, 1, 1, 1), new byte[32]);
            case Opcode.WRITE_UNCORRECTABLE -> io.send(Sq.io(opcode, 1, 9, 1));
            default -> io.send(Sq.io(opcode, 1, 0, 1));
        };
    }

    TestRequest writeZeroes(int nsid) {
        return io.send(Sq.io(Opcode.WRITE_ZEROES, nsid, 0, 1));
    }

    TestRequest setFeature(int fid, int nsid, int value) {
        TestRequest r = admin.send(Sq.admin(Opcode.SET_FEATURES, nsid, fid, value));
        t.settle();
        return r;
    }

    TestRequest getFeature(int fid, int nsid) {
        return admin.send(Sq.admin(Opcode.GET_FEATURES, nsid, fid, 0));
    }

    TestRequest eventRequest() {
        return admin.send(Sq.command(Opcode.ASYNC_EVENT_REQUEST, 0));
    }

    /** The oldest notification: {@code count type available nsid}. */
    String notification(boolean retain) {
        TestRequest r = admin.read(
                Sq.log(LogPage.RESERVATION_NOTIFICATION, ReservationNotification.BYTES, 0, retain),
                ReservationNotification.BYTES);
        MemorySegment s = r.page();
        return Wire.u64(s, 0) + " " + Wire.u8(s, 8) + " " + Wire.u8(s, 9) + " " + Wire.u32(s, 12);
    }

    void disconnect() {
        io.drop();
        admin.drop();
        t.settle();
    }
}
