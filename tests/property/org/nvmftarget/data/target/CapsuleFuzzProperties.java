package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Step;

/**
 * Capsules of random bytes, and good ones with some bytes changed, on new, admin and I/O queues: nothing is thrown, each
 * is answered just once and never with an internal error, no byte beside a command's buffer is touched, and the
 * controller goes on serving.
 */
class CapsuleFuzzProperties {

    private static final int CAPSULES = 50;

    @Property
    void theControllerGoesOnServing(@ForAll long seed) {
        World world = new World(new Random(seed));
        for (int i = 0; i < CAPSULES; i++) {
            world.sendOne();
        }
        world.end();
    }

    /** A command with a buffer that has guards around it. */
    private static final class FuzzRequest extends Request {
        private static final int GUARD_BYTES = 32;
        private static final byte GUARD = 0x5A;

        final MemorySegment sqe;
        private MemorySegment memory = MemorySegment.NULL;
        private int answers;

        FuzzRequest(MemorySegment sqe) {
            super(MemorySegment.ofArray(new byte[CQE_BYTES]));
            this.sqe = sqe;
        }

        /** @param hostData what the host sends, as far as it goes */
        void run(QueuePair pair, int sglBytes, int fault, byte[] hostData) {
            begin(sqe, sglBytes, fault);
            if (!pair.receive(this)) {
                return;
            }
            int bytes = transferLengthBytes();
            if (bytes > 0) {
                memory =
                        MemorySegment.ofArray(new byte[bytes + 2 * GUARD_BYTES]).fill(GUARD);
                MemorySegment data = memory.asSlice(GUARD_BYTES, bytes);
                data.copyFrom(MemorySegment.ofArray(hostData).asSlice(0, Math.min(bytes, hostData.length)));
                data(memory, GUARD_BYTES);
            }
            pair.execute(this);
        }

        @Override
        protected void respond() {
            answers++;
            assertEquals(1, answers);
            int code = Status.code(Cqe.status(cqe()));
            assertNotEquals(Status.INTERNAL_ERROR, code);
            assertEquals(succeeded(), code == Status.SUCCESS);
            long end = memory.byteSize();
            for (int i = 0; end > 0 && i < GUARD_BYTES; i++) {
                assertEquals(GUARD, memory.get(Wire.U8, i));
                assertEquals(GUARD, memory.get(Wire.U8, end - 1 - i));
            }
        }
    }

    private static final class World {
        private static final int[] EDGES = {0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF};
        private static final int[] LENGTHS = {0, 4, 16, 64, 512, 1024, 4096, 8192, 131_072};
        private static final int[] FAULTS = {
            Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR, Status.SGL_OFFSET_INVALID | Status.DNR
        };

        private final Random random;
        private final TestTarget t = TestTarget.serving();
        private final List<FuzzRequest> sent = new ArrayList<>();
        private final TestQueue admin;
        private TestQueue io;
        private int nextQid = 1;

        World(Random random) {
            this.random = random;
            t.done(new Step.CreateBdev(TestTarget.nothing("zero", 1 << 20)));
            t.done(new Step.AddNamespace(NQN, TestTarget.namespace(3, "zero")));
            admin = t.admin();
            io = t.io(admin, nextQid++, 1);
        }

        void sendOne() {
            int where = random.nextInt(20);
            if (where == 0) {
                send(t.accept(random.nextInt(2)), connect());
            } else if (where < 11) {
                send(admin, adminCommand());
            } else {
                if (io.isClosed()) {
                    enable();
                    io = t.io(admin, nextQid++, 1);
                }
                send(io, ioCommand());
            }
            if (random.nextInt(4) == 0) {
                t.settle();
            }
        }

        private void send(TestQueue queue, MemorySegment good) {
            MemorySegment sqe = random.nextInt(8) == 0 ? randomBytes() : mutated(good);
            boolean natural = random.nextInt(3) > 0;
            int sglBytes = natural ? naturalLength(sqe) : LENGTHS[random.nextInt(LENGTHS.length)];
            int fault = random.nextInt(30) == 0 ? FAULTS[random.nextInt(FAULTS.length)] : 0;
            FuzzRequest r = new FuzzRequest(sqe);
            sent.add(r);
            r.run(queue.pair(), fault == 0 ? sglBytes : 0, fault, hostData(sqe));
        }

        private MemorySegment randomBytes() {
            byte[] bytes = new byte[Sqe.BYTES];
            random.nextBytes(bytes);
            MemorySegment sqe = MemorySegment.ofArray(bytes);
            if (random.nextBoolean()) {
                Wire.putU8(sqe, Sqe.FLAGS, Sqe.PSDT_SGL << 6);
            }
            return sqe;
        }

        private MemorySegment mutated(MemorySegment sqe) {
            Wire.putU16(sqe, Sqe.CID, random.nextInt(1 << 16));
            for (int n = random.nextInt(4); n > 0; n--) {
                int at = random.nextInt(Sqe.BYTES);
                int value = random.nextBoolean()
                        ? EDGES[random.nextInt(EDGES.length)]
                        : Wire.u8(sqe, at) ^ 1 << random.nextInt(8);
                Wire.putU8(sqe, at, value);
            }
            return sqe;
        }

        /** What a host with this command would say in its SGL. */
        private static int naturalLength(MemorySegment sqe) {
            return switch (Sqe.opcode(sqe)) {
                case Opcode.FABRICS -> Sqe.fctype(sqe) == Opcode.FABRICS_CONNECT ? ConnectData.BYTES : 0;
                case Opcode.IDENTIFY -> Identify.BYTES;
                case Opcode.GET_LOG_PAGE -> (int) Math.min(1 << 18, LogPage.lengthBytes(sqe)); // and Read
                case Opcode.WRITE, Opcode.COMPARE -> Sqe.blocks(sqe) * TestTarget.BLOCK;
                case Opcode.SET_FEATURES -> Sqe.cdw10(sqe) == 0x16 ? 512 : 0; // and Dataset Management
                default -> 0;
            };
        }

        private byte[] hostData(MemorySegment sqe) {
            byte[] bytes = new byte[4096];
            if (random.nextBoolean()) {
                random.nextBytes(bytes);
            }
            if (Sqe.opcode(sqe) == Opcode.FABRICS) {
                MemorySegment data = MemorySegment.ofArray(bytes);
                int cntlid = random.nextBoolean()
                        ? Connect.CNTLID_DYNAMIC
                        : admin.pair().cntlid();
                TestTarget.connectData(NQN, HOST, cntlid).encode(data);
                if (random.nextBoolean()) {
                    Wire.putU8(data, random.nextInt(ConnectData.BYTES), random.nextInt(256));
                }
            }
            return bytes;
        }

        private MemorySegment connect() {
            return Sq.connect(random.nextInt(3), 31, random.nextInt());
        }

        private MemorySegment adminCommand() {
            return switch (random.nextInt(9)) {
                case 0 -> Sq.identify(random.nextInt(0x20), random.nextInt(5));
                case 1 -> Sq.log(random.nextInt(0x90), 4 + 4 * random.nextInt(2000), 4L * random.nextInt(300), false);
                case 2 -> Sq.admin(Opcode.GET_FEATURES, random.nextInt(3), feature(), random.nextInt(4));
                case 3 -> Sq.admin(Opcode.SET_FEATURES, random.nextInt(3), feature(), random.nextInt());
                case 4 -> Sq.admin(Opcode.ABORT, random.nextInt(3) | random.nextInt() << 16, 0);
                case 5 -> Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0);
                case 6 -> Sq.propertyGet(4 * random.nextInt(32), random.nextInt(2));
                case 7 -> Sq.propertySet(0x14, random.nextInt(6) == 0 ? random.nextInt() : TestTarget.ENABLE);
                default -> Sq.command(Opcode.KEEP_ALIVE, 0);
            };
        }

        private int feature() {
            return random.nextInt(0x90) | random.nextInt(4) << 8;
        }

        private MemorySegment ioCommand() {
            int nsid = 1 + random.nextInt(4);
            long lba = random.nextInt(1030);
            int blocks = 1 + random.nextInt(16);
            int[] opcodes = {
                Opcode.READ, Opcode.WRITE, Opcode.FLUSH, Opcode.WRITE_ZEROES, Opcode.DATASET_MANAGEMENT,
                Opcode.COMPARE, Opcode.VERIFY, Opcode.COPY, Opcode.WRITE_UNCORRECTABLE, Opcode.RESERVATION_REGISTER,
                Opcode.RESERVATION_ACQUIRE, Opcode.RESERVATION_RELEASE, Opcode.RESERVATION_REPORT
            };
            return random.nextInt(40) == 0
                    ? Sq.fabrics(Opcode.FABRICS_DISCONNECT)
                    : Sq.io(opcodes[random.nextInt(opcodes.length)], nsid, lba, blocks);
        }

        /** Whatever was written to CC before. */
        private void enable() {
            admin.send(Sq.propertySet(0x14, 0));
            t.settle();
            TestTarget.enable(admin);
        }

        void end() {
            t.settle();
            enable();
            assertEquals(
                    Status.SUCCESS,
                    admin.read(Sq.identify(1, 0), Identify.BYTES).status());
            assertEquals(
                    Status.SUCCESS,
                    admin.read(Sq.log(LogPage.ERROR, 64, 0, false), 64).status());
            TestQueue fresh = t.io(admin, nextQid, 0);
            assertEquals(Status.SUCCESS, fresh.send(Sq.command(Opcode.FLUSH, 3)).status());
            admin.drop();
            t.settle();
            for (FuzzRequest r : sent) {
                assertTrue(r.answers <= 1);
            }
            assertEquals(0, unanswered());
        }

        /** All queues of the controller are gone: whatever waited has been answered. */
        private long unanswered() {
            return sent.stream().filter(r -> r.answers == 0).count();
        }
    }
}
