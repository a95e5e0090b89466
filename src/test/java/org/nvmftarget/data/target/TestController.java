package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.TransportAddress;

/** A controller with one I/O queue, as the host uses it that has connected it through one listener. */
final class TestController {

    /** A group of the ANA log page. */
    record Group(int id, long changes, int state, List<Integer> nsids) {}

    private static final int ANA_BYTES = 16 + 128 * (32 + 32 * 4);

    final Nqn host;
    final TransportAddress listener;
    final TestQueue admin;
    private final TestTarget t;
    private TestQueue io;

    TestController(TestTarget t, TransportAddress listener, Nqn host, int adminReactor, int ioReactor) {
        this.t = t;
        this.host = host;
        this.listener = listener;
        admin = t.accept(listener, listener, adminReactor);
        connect(admin, 0, host, Connect.CNTLID_DYNAMIC);
        TestTarget.enable(admin);
        io = openIo(ioReactor);
    }

    private TestQueue openIo(int reactor) {
        TestQueue queue = t.accept(listener, listener, reactor);
        connect(queue, 1, host, admin.pair().cntlid());
        return queue;
    }

    /** Disables and enables the controller, and connects an I/O queue again. */
    void reset(int ioReactor) {
        admin.send(Sq.propertySet(Property.CC, 0));
        t.settle();
        TestTarget.enable(admin);
        io = openIo(ioReactor);
    }

    TestQueue io() {
        return io;
    }

    private static void connect(TestQueue queue, int qid, Nqn host, int cntlid) {
        int status = queue.connect(qid, TestTarget.connectData(TestTarget.NQN, host, cntlid))
                .status();
        assertEquals(Status.SUCCESS, status, "connect of queue " + qid);
    }

    /** What an I/O command to the namespace's first block ends with. */
    int ioStatus(int opcode, int nsid) {
        TestRequest r = send(opcode, nsid);
        t.settle();
        return r.status();
    }

    private TestRequest send(int opcode, int nsid) {
        MemorySegment sqe = Sq.io(opcode, nsid, 0, 1);
        return switch (opcode) {
            case Opcode.READ -> io.read(sqe, TestTarget.BLOCK);
            case Opcode.WRITE, Opcode.COMPARE -> io.write(sqe, new byte[TestTarget.BLOCK]);
            case Opcode.WRITE_ZEROES, Opcode.VERIFY, Opcode.WRITE_UNCORRECTABLE -> io.send(sqe);
            case Opcode.DATASET_MANAGEMENT -> deallocate(nsid);
            case Opcode.COPY -> copy(nsid);
            case Opcode.RESERVATION_REGISTER, Opcode.RESERVATION_ACQUIRE, Opcode.RESERVATION_RELEASE ->
                io.write(Sq.reservation(opcode, nsid, 1 << 8), new byte[16]);
            case Opcode.RESERVATION_REPORT -> io.read(Sq.reservationReport(nsid, 64, true), 64);
            default -> io.send(Sq.command(opcode, nsid));
        };
    }

    private TestRequest deallocate(int nsid) {
        MemorySegment sqe = Sq.command(Opcode.DATASET_MANAGEMENT, nsid);
        Wire.putU32(sqe, 44, DsmRange.DEALLOCATE);
        byte[] range = new byte[DsmRange.BYTES];
        Wire.putU32(MemorySegment.ofArray(range), 4, 1);
        return io.write(sqe, range);
    }

    /** Of one range of one block, to the block after it. */
    private TestRequest copy(int nsid) {
        MemorySegment sqe = Sq.command(Opcode.COPY, nsid);
        Wire.putU64(sqe, 40, 1);
        return io.write(sqe, new byte[32]);
    }

    int read(int nsid) {
        return ioStatus(Opcode.READ, nsid);
    }

    MemorySegment identify(int cns, int nsid) {
        TestRequest r = admin.read(Sq.identify(cns, nsid), Identify.BYTES);
        assertEquals(Status.SUCCESS, r.status(), "identify " + cns);
        return r.page();
    }

    int identifyStatus(int cns, int nsid) {
        return admin.read(Sq.identify(cns, nsid), Identify.BYTES).status();
    }

    List<Integer> active() {
        return nsids(identify(Identify.CNS_ACTIVE_NAMESPACES, 0));
    }

    private static List<Integer> nsids(MemorySegment list) {
        List<Integer> nsids = new ArrayList<>();
        for (int at = 0; at < Identify.BYTES && Wire.u32(list, at) != 0; at += 4) {
            nsids.add(Wire.u32(list, at));
        }
        return nsids;
    }

    /** Reads the changed namespace list, so that it begins anew. */
    List<Integer> changed() {
        return changed(false);
    }

    /** @param retain the list stays as it is */
    List<Integer> changed(boolean retain) {
        return nsids(admin.read(Sq.changedNamespaces(retain), Identify.BYTES).page());
    }

    private MemorySegment anaLog(boolean rae) {
        TestRequest r = admin.read(Sq.log(LogPage.ANA, ANA_BYTES, 0, rae), ANA_BYTES);
        assertEquals(Status.SUCCESS, r.status(), "ANA log");
        return r.page();
    }

    long anaChanges() {
        return Wire.u64(anaLog(true), 0);
    }

    /** Reads the ANA log, so that the next change is told. */
    List<Group> anaGroups() {
        return anaGroups(false);
    }

    /** @param retain the next change is not told if the last was */
    List<Group> anaGroups(boolean retain) {
        MemorySegment log = anaLog(retain);
        List<Group> groups = new ArrayList<>();
        long at = AnaLog.HEADER_BYTES;
        for (int i = 0; i < Wire.u16(log, 8); i++) {
            List<Integer> nsids = new ArrayList<>();
            for (int n = 0; n < Wire.u32(log, at + 4); n++) {
                nsids.add(Wire.u32(log, at + AnaLog.DESCRIPTOR_BYTES + n * 4L));
            }
            groups.add(new Group(Wire.u32(log, at), Wire.u64(log, at + 8), Wire.u8(log, at + 16), nsids));
            at += AnaLog.DESCRIPTOR_BYTES + nsids.size() * 4L;
        }
        return groups;
    }

    /** The state of the group with this id. */
    int anaState(int group) {
        return anaGroups().stream()
                .filter(g -> g.id() == group)
                .findFirst()
                .orElseThrow()
                .state();
    }

    /** An Async Event Request. */
    TestRequest aer() {
        return admin.send(Sq.command(Opcode.ASYNC_EVENT_REQUEST, 0));
    }
}
