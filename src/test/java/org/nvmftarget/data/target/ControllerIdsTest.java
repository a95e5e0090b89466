package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.nvmftarget.data.target.TestTarget.ENABLE;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.model.Step;

class ControllerIdsTest {

    private static final long REST_NS = ControllerIds.QUARANTINE_NS;

    private final ControllerIds ids = new ControllerIds(5, 8, 0);

    @Test
    void theyGoFromHandToHandInOrder() {
        assertEquals(5, ids.take(0));
        ids.giveBack(5, false, 0);
        assertEquals(6, ids.take(0));
        assertEquals(7, ids.take(0));
        assertEquals(8, ids.take(0));
        assertEquals(5, ids.take(0));
    }

    @Test
    void theyBeginAtTheOffsetAndWrap() {
        ControllerIds offset = new ControllerIds(5, 8, 7);
        assertEquals(8, offset.take(0));
        assertEquals(5, offset.take(0));
    }

    @Test
    void thereAreNoneWhenAllAreInUse() {
        for (int id = 5; id <= 8; id++) {
            assertEquals(id, ids.take(0));
        }
        assertEquals(ControllerIds.NONE, ids.take(0));
    }

    @Test
    void oneThatWasLostRests() {
        ids.take(0);
        ids.giveBack(5, true, 100);
        for (int id = 6; id <= 8; id++) {
            assertEquals(id, ids.take(100));
            ids.giveBack(id, false, 100);
        }
        assertEquals(6, ids.take(100 + REST_NS - 1));
        ids.giveBack(6, false, 0);
    }

    @Test
    void oneThatHasRestedIsTakenAgain() {
        for (int id = 5; id <= 8; id++) {
            ids.take(0);
        }
        ids.giveBack(6, true, 100);
        assertEquals(6, ids.take(100 + REST_NS));
    }

    @Test
    void whenAllRestTheOneThatHasRestedLongestIsTaken() {
        for (int id = 5; id <= 8; id++) {
            ids.take(0);
        }
        ids.giveBack(7, true, 10);
        ids.giveBack(5, true, 20);
        assertEquals(7, ids.take(30));
        assertEquals(5, ids.take(30));
        assertEquals(ControllerIds.NONE, ids.take(30));
    }

    @Test
    void anotherRangeKeepsWhatRestsInBoth() {
        ids.take(0);
        ids.take(0);
        ids.giveBack(6, true, 0);
        ControllerIds other = ids.within(6, 7);
        assertEquals(7, other.take(0));
        assertEquals(6, other.take(0)); // nothing else was left
    }

    @Test
    void theSameRangeIsTheSame() {
        assertEquals(ids, ids.within(5, 8));
    }

    // In a target

    private static TestTarget small() {
        TestTarget t = new TestTarget();
        t.done(new Step.CreateTransport(org.nvmftarget.model.TransportOptions.tcp()));
        subsystem(t);
        return t;
    }

    private static void subsystem(TestTarget t) {
        t.done(new Step.CreateSubsystem(NQN, "NT01", "m", 32, 1, 3));
        t.done(new Step.SetAllowAnyHost(NQN, true));
        t.done(new Step.AddListener(NQN, TestTarget.ADDRESS));
    }

    @Test
    void aHostThatSaysGoodByeLeavesItsIdToOthers() {
        TestTarget t = small();
        TestQueue first = t.admin();
        t.admin();
        first.send(Sq.propertySet(Property.CC, ENABLE | 1 << 14));
        first.drop();
        assertEquals(3, t.admin().pair().cntlid());
        assertEquals(1, t.admin().pair().cntlid());
    }

    @Test
    void aHostThatWasLostFindsItsIdUnused() {
        TestTarget t = small();
        TestQueue lost = t.admin();
        lost.drop();
        for (int i = 0; i < 10; i++) {
            TestQueue other = t.admin();
            assertNotEquals(1, other.pair().cntlid());
            other.send(Sq.propertySet(Property.CC, ENABLE | 1 << 14));
            other.drop();
        }
        t.pass(Duration.ofMinutes(15));
        TestQueue first = t.admin();
        TestQueue second = t.admin();
        assertEquals(
                6,
                first.pair().cntlid()
                        + second.pair().cntlid()
                        + t.admin().pair().cntlid());
    }

    @Test
    void aResetIsNoGoodBye() {
        TestTarget t = small();
        TestQueue admin = t.admin();
        admin.send(Sq.propertySet(Property.CC, 0));
        admin.drop();
        assertEquals(2, t.admin().pair().cntlid());
        assertEquals(3, t.admin().pair().cntlid());
        assertEquals(1, t.admin().pair().cntlid()); // rather than refuse
    }

    @Test
    void aSubsystemThatComesBackRemembersWhoWasLost() {
        TestTarget t = small();
        t.admin();
        t.done(new Step.RemoveSubsystem(NQN));
        subsystem(t);
        assertEquals(2, t.admin().pair().cntlid());
    }
}
