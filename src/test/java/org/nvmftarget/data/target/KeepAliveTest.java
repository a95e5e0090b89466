package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nqn;

/** Keep Alive and its timer (NVMe Base specification 2.0, section 3.9). */
class KeepAliveTest {

    private final TestTarget t = TestTarget.serving();

    /** A request that is used again, as a transport's is. */
    private static final class Slot extends Request {
        private final MemorySegment sqe;
        private int succeeded;
        private int failed;

        Slot(MemorySegment sqe) {
            super(MemorySegment.ofArray(new byte[CQE_BYTES]));
            this.sqe = sqe;
        }

        void run(QueuePair pair) {
            begin(sqe, 0, 0);
            if (pair.receive(this)) {
                pair.execute(this);
            }
        }

        @Override
        protected void respond() {
            if (succeeded()) {
                succeeded++;
            } else {
                failed++;
            }
        }
    }

    private static final int ROUNDS = 10;
    private static final int COMMANDS = 20_000;

    /** What the best of several rounds allocates: the others are for the compiler. */
    private static long leastAllocated(Slot slot, QueuePair pair) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < COMMANDS; i++) {
                slot.run(pair);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void aKeepAliveAllocatesNothing() {
        Slot slot = new Slot(Sq.command(Opcode.KEEP_ALIVE, 0));
        long bytes = leastAllocated(slot, t.admin(NQN, HOST, 10_000).pair());
        assertEquals(ROUNDS * COMMANDS, slot.succeeded);
        assertTrue(bytes < COMMANDS, bytes + " bytes for " + COMMANDS + " commands");
    }

    @Test
    void aCommandThatFailsAllocatesNothingEither() {
        Slot slot = new Slot(Sq.io(Opcode.FLUSH, 9, 0, 1));
        long bytes = leastAllocated(slot, t.io(t.admin(), 1, 1).pair());
        assertEquals(ROUNDS * COMMANDS, slot.failed);
        assertTrue(bytes < COMMANDS, bytes + " bytes for " + COMMANDS + " commands");
    }

    @Test
    void aKeepAliveIsTakenBeforeTheControllerIsEnabledAndWithoutATimer() {
        TestQueue admin = t.accept(0);
        admin.connect(0, TestTarget.connectData(NQN, HOST, 0xFFFF));
        assertEquals(
                Status.SUCCESS, admin.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
    }

    @Test
    void aPauseHoldsNoKeepAlive() {
        TestQueue admin = t.admin(NQN, HOST, 10_000);
        t.pause(1);
        for (int i = 0; i < 5; i++) {
            t.pass(Duration.ofSeconds(9));
            assertEquals(
                    Status.SUCCESS, admin.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
        }
        t.resume();
        assertFalse(admin.isDisconnected());
    }

    private static MemorySegment any(String kind) {
        return switch (kind) {
            case "Keep Alive" -> Sq.command(Opcode.KEEP_ALIVE, 0);
            case "Property Get" -> Sq.propertyGet(Property.CSTS, 0);
            case "Get Features" -> Sq.admin(Opcode.GET_FEATURES, Feature.ARBITRATION, 0);
            case "an unknown opcode" -> Sq.admin(0x80, 0, 0);
            default -> throw new AssertionError(kind);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"Keep Alive", "Property Get", "Get Features", "an unknown opcode"})
    void anyCommandRestartsTheTimer(String kind) {
        TestQueue admin = t.admin(NQN, HOST, 10_000);
        for (int i = 0; i < 5; i++) {
            t.pass(Duration.ofSeconds(9));
            admin.send(any(kind));
        }
        assertFalse(admin.isDisconnected());
        t.pass(Duration.ofSeconds(11));
        assertTrue(admin.isClosed());
    }

    @Test
    void aCommandThatWaitsDoesNotKeepTheControllerAlive() {
        TestQueue admin = t.admin(NQN, HOST, 10_000);
        TestRequest aer = admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
        t.pass(Duration.ofSeconds(11));
        assertEquals(Status.ABORTED_SQ_DELETION, aer.status());
        assertTrue(admin.isClosed());
    }

    @Test
    void aTimerThatIsSwitchedOffNeverRunsOut() {
        TestQueue admin = t.admin(NQN, HOST, 10_000);
        admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.KEEP_ALIVE_TIMER, 0));
        t.pass(Duration.ofDays(1));
        assertFalse(admin.isDisconnected());
    }

    @Test
    void aDiscoveryControllerKeepsItsTimer() {
        TestQueue discovery = t.admin(Nqn.DISCOVERY, HOST, 300_000);
        t.pass(Duration.ofSeconds(299));
        assertFalse(discovery.isDisconnected());
        t.pass(Duration.ofSeconds(2));
        assertTrue(discovery.isClosed());
    }
}
