package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.CopyRange;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Wire;

/** Capsules of all kinds: good ones, good ones with something changed, and noise. One random generator gives all. */
final class Capsules {

    /** A namespace that no capsule names, so that nothing here may keep another host from reading it. */
    static final int SPARED_NSID = 29;

    /** A command, what its SGL describes, the transport's verdict on it, and how its data begin. */
    static final class Capsule {
        private final MemorySegment sqe;
        private final int sglBytes;
        private final int fault;
        private final byte[] data;

        Capsule(MemorySegment sqe, int sglBytes, int fault, byte[] data) {
            this.sqe = sqe;
            this.sglBytes = sglBytes;
            this.fault = fault;
            this.data = data;
        }

        MemorySegment sqe() {
            return sqe;
        }

        int sglBytes() {
            return sglBytes;
        }

        int fault() {
            return fault;
        }

        byte[] data() {
            return data;
        }
    }

    private static final int BLOCK = TestTarget.BLOCK;
    private static final int[] NSIDS = {0, 1, 1, 1, 1, 2, 2, 3, -1, -2};
    private static final int[] SGL_FAULTS = {0x4011, 0x400D, 0x4016, 0x400F};

    private final Random random;

    Capsules(Random random) {
        this.random = random;
    }

    private int pick(int... of) {
        return of[random.nextInt(of.length)];
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private int nsid() {
        return pick(NSIDS);
    }

    /** For a queue that is connected. */
    Capsule next(boolean admin, int cntlid) {
        Capsule base = switch (random.nextInt(12)) {
            case 0 -> noise();
            case 1 -> fabrics();
            case 2 -> admin ? io() : adminCommand();
            case 3 -> connect(random.nextInt(4), cntlid);
            default -> admin ? adminCommand() : io();
        };
        return spare(oneIn(3) ? base : changed(base));
    }

    /** For a queue that is not: mostly a Connect that is nearly right. */
    Capsule first(int qid, int cntlid) {
        return spare(oneIn(4) ? changed(connect(qid, cntlid)) : connect(qid, cntlid));
    }

    private Capsule spare(Capsule c) {
        boolean fabrics = Sqe.opcode(c.sqe()) == Opcode.FABRICS;
        if (!fabrics && Sqe.nsid(c.sqe()) == SPARED_NSID) {
            Wire.putU32(c.sqe(), Sqe.NSID, 1);
        }
        return c;
    }

    private Capsule of(MemorySegment sqe, int sglBytes, byte... data) {
        Wire.putU16(sqe, Sqe.CID, random.nextInt(1, 8));
        return new Capsule(sqe, sglBytes, 0, data);
    }

    private Capsule noise() {
        byte[] bytes = new byte[Sqe.BYTES];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            bytes[1] = Sqe.PSDT_SGL << 6;
        }
        return new Capsule(MemorySegment.ofArray(bytes), pick(0, 16, 512, 4096, random.nextInt()), 0, new byte[0]);
    }

    // Good commands

    private Capsule io() {
        int blocks = oneIn(10) ? random.nextInt(1, 300) : random.nextInt(1, 9);
        long lba = oneIn(10) ? random.nextLong() : random.nextInt(1030);
        int opcode = pick(
                Opcode.READ,
                Opcode.READ,
                Opcode.WRITE,
                Opcode.WRITE,
                Opcode.COMPARE,
                Opcode.WRITE_ZEROES,
                Opcode.WRITE_UNCORRECTABLE,
                Opcode.VERIFY,
                Opcode.FLUSH,
                Opcode.DATASET_MANAGEMENT,
                Opcode.COPY,
                Opcode.RESERVATION_REGISTER,
                Opcode.RESERVATION_REPORT,
                Opcode.RESERVATION_ACQUIRE,
                Opcode.RESERVATION_RELEASE);
        MemorySegment sqe = Sq.io(opcode, nsid(), lba, blocks);
        return switch (opcode) {
            case Opcode.READ -> of(sqe, blocks * BLOCK);
            case Opcode.WRITE, Opcode.COMPARE -> fused(of(sqe, blocks * BLOCK));
            case Opcode.DATASET_MANAGEMENT -> datasetManagement(sqe);
            case Opcode.COPY -> copy(sqe);
            case Opcode.RESERVATION_REPORT -> {
                Wire.putU64(sqe, Sqe.CDW10, 0x1_0000_000FL);
                yield of(sqe, 64);
            }
            case Opcode.RESERVATION_REGISTER, Opcode.RESERVATION_ACQUIRE, Opcode.RESERVATION_RELEASE -> {
                Wire.putU32(sqe, Sqe.CDW10, random.nextInt(1 << 11) | pick(0, 8) | random.nextInt(4) << 30);
                yield of(sqe, 16, new byte[16]);
            }
            default -> of(sqe, 0);
        };
    }

    private Capsule fused(Capsule c) {
        if (oneIn(3)) {
            boolean first = Sqe.opcode(c.sqe()) == Opcode.COMPARE;
            Wire.putU8(c.sqe(), Sqe.FLAGS, Sqe.PSDT_SGL << 6 | (first ? Sqe.FUSE_FIRST : Sqe.FUSE_SECOND));
            Wire.putU64(c.sqe(), Sqe.CDW10, random.nextInt(2));
            Wire.putU16(c.sqe(), Sqe.CDW12, 0);
            return new Capsule(c.sqe(), BLOCK, 0, new byte[BLOCK]);
        }
        return c;
    }

    private Capsule datasetManagement(MemorySegment sqe) {
        int ranges = random.nextInt(1, 257);
        byte[] list = new byte[ranges * 16];
        for (int i = 0; i < ranges; i++) {
            Wire.putU32(MemorySegment.ofArray(list), i * 16L + 4, random.nextInt(8));
            Wire.putU64(MemorySegment.ofArray(list), i * 16L + 8, random.nextInt(oneIn(50) ? 2000 : 1016));
        }
        Wire.putU32(sqe, Sqe.CDW10, ranges - 1);
        Wire.putU32(sqe, Sqe.CDW11, random.nextInt(8));
        Wire.putU32(sqe, Sqe.CDW12, 0);
        return of(sqe, list.length, list);
    }

    private Capsule copy(MemorySegment sqe) {
        int format = random.nextInt(2);
        int bytes = CopyRange.bytes(format);
        int ranges = random.nextInt(1, 10);
        byte[] list = new byte[ranges * bytes];
        for (int i = 0; i < ranges; i++) {
            Wire.putU64(MemorySegment.ofArray(list), i * (long) bytes + 8, random.nextInt(oneIn(20) ? 2000 : 1000));
            Wire.putU16(MemorySegment.ofArray(list), i * (long) bytes + 16, random.nextInt(20));
        }
        Wire.putU32(sqe, Sqe.CDW12, (ranges - 1) | format << 8);
        return of(sqe, list.length, list);
    }

    private Capsule adminCommand() {
        int opcode = pick(
                Opcode.IDENTIFY,
                Opcode.IDENTIFY,
                Opcode.GET_LOG_PAGE,
                Opcode.GET_LOG_PAGE,
                Opcode.SET_FEATURES,
                Opcode.GET_FEATURES,
                Opcode.ASYNC_EVENT_REQUEST,
                Opcode.ABORT,
                Opcode.KEEP_ALIVE);
        MemorySegment sqe = Sq.admin(opcode, nsid(), 0, 0);
        return switch (opcode) {
            case Opcode.IDENTIFY -> {
                Wire.putU32(sqe, Sqe.CDW10, random.nextInt(0x20) | pick(0, 1, 0xFFFF) << 16);
                yield of(sqe, 4096);
            }
            case Opcode.GET_LOG_PAGE -> {
                int dwords = random.nextInt(1, 1200);
                int lid = pick(0, 1, 2, 3, 4, 5, 6, 7, 0x0C, 0x12, 0x70, 0x80, random.nextInt(256));
                Wire.putU32(sqe, Sqe.CDW10, lid | random.nextInt(256) << 8 | (dwords - 1) << 16);
                Wire.putU64(sqe, Sqe.CDW12, oneIn(3) ? random.nextInt(20_000) : 0);
                yield of(sqe, dwords * 4);
            }
            case Opcode.SET_FEATURES, Opcode.GET_FEATURES -> {
                int fid = pick(
                        1, 2, 4, 5, 6, 7, 0x0A, 0x0B, 0x0F, 0x16, 0x80, 0x81, 0x82, 0x83, 0x84, random.nextInt(256));
                Wire.putU32(sqe, Sqe.CDW10, fid | pick(0, 0, 1, 2, 3) << 8);
                Wire.putU32(sqe, Sqe.CDW11, oneIn(2) ? random.nextInt() : random.nextInt(4));
                yield of(sqe, fid == 0x81 ? 16 : fid == 0x16 ? 512 : 0);
            }
            default -> {
                Wire.putU32(sqe, Sqe.CDW10, random.nextInt(3) | random.nextInt(8) << 16);
                yield of(sqe, 0);
            }
        };
    }

    private Capsule fabrics() {
        return switch (random.nextInt(3)) {
            case 0 -> of(Sq.propertyGet(pick(0, 8, 0x14, 0x1C, 0x20, random.nextInt(0x80)), random.nextInt(2)), 0);
            case 1 ->
                of(
                        Sq.propertySet(
                                pick(0x14, 0x14, 0x20, random.nextInt(0x80)),
                                oneIn(3) ? random.nextInt() : TestTarget.ENABLE),
                        0);
            default -> of(Sq.fabrics(oneIn(4) ? Opcode.FABRICS_DISCONNECT : random.nextInt(256)), 0);
        };
    }

    private Capsule connect(int qid, int cntlid) {
        MemorySegment sqe = Sq.connect(qid, pick(31, 31, 31, 0, 5000), random.nextInt(3) * 1000);
        int id = qid == 0 ? Connect.CNTLID_DYNAMIC : cntlid;
        ConnectData data = TestTarget.connectData(TestTarget.NQN, TestTarget.HOST, id);
        byte[] bytes = new byte[ConnectData.BYTES];
        data.encode(MemorySegment.ofArray(bytes));
        if (oneIn(3)) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return of(sqe, ConnectData.BYTES, bytes);
    }

    // Changes

    private Capsule changed(Capsule c) {
        byte[] bytes = c.sqe().toArray(ValueLayout.JAVA_BYTE);
        MemorySegment sqe = MemorySegment.ofArray(bytes);
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(Sqe.BYTES);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) pick(0, 1, 0x7F, 0x80, 0xFF);
                default -> Wire.putU32(sqe, at & ~3, random.nextInt());
            }
        }
        int length = oneIn(4) ? pick(0, 1, c.sglBytes() - 1, c.sglBytes() + 1, -1, random.nextInt()) : c.sglBytes();
        byte[] data = c.data().clone();
        if (data.length > 0 && oneIn(3)) {
            data = Arrays.copyOf(data, random.nextInt(data.length));
        }
        return new Capsule(sqe, length, oneIn(20) ? pick(SGL_FAULTS) : 0, data);
    }
}
