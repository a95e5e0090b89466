package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.nvmftarget.data.target.TestTarget.ADDRESS;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportOptions;

/** Namespaces that come, go and grow while a host is connected. */
class NamespaceLifeTest {

    private static final int MANY = 1030;

    private final TestTarget t = new TestTarget();

    private TestController connected(int maxNamespaces) {
        t.done(new Step.CreateTransport(TransportOptions.tcp()));
        t.done(new Step.CreateSubsystem(NQN, "NT01", "nvmf-target", maxNamespaces, 1, 0xFFEF));
        t.done(new Step.SetAllowAnyHost(NQN, true));
        t.done(new Step.AddListener(NQN, ADDRESS));
        return new TestController(t, ADDRESS, HOST, 0, 1);
    }

    private void add(int nsid) {
        t.done(new Step.CreateBdev(TestTarget.nothing("null" + nsid, 64)));
        t.done(new Step.AddNamespace(NQN, TestTarget.namespace(nsid, "null" + nsid)));
    }

    @Test
    void moreChangesThanTheListHoldsAreOneEntryForAll() {
        TestController c = connected(2048);
        for (int nsid = 1; nsid <= 1024; nsid++) {
            add(nsid);
        }
        assertEquals(1024, c.changed().size());
        for (int nsid = 1; nsid <= 1024; nsid++) {
            t.done(new Step.ResizeBdev("null" + nsid, 128 * 512L));
        }
        add(1025);
        assertEquals(List.of(Nsid.BROADCAST), c.changed());
        assertEquals(List.of(), c.changed());
    }

    @Test
    void theActiveListIsReadPageByPage() {
        TestController c = connected(2048);
        for (int nsid = 1; nsid <= MANY; nsid++) {
            add(nsid);
        }
        List<Integer> first = c.active();
        assertEquals(1024, first.size());
        assertEquals(1024, first.getLast());
        var second = c.identify(Identify.CNS_ACTIVE_NAMESPACES, 1024);
        assertEquals(1025, Wire.u32(second, 0));
        assertEquals(MANY, Wire.u32(second, (MANY - 1025) * 4L));
        assertEquals(0, Wire.u32(second, (MANY - 1024) * 4L));
        assertEquals(MANY, c.anaGroups().getFirst().nsids().size());
        assertEquals(Status.SUCCESS, c.read(MANY));
    }

    @Test
    void aNamespaceWithAHighIdentifierIsFoundAndListedLast() {
        TestController c = connected(-2);
        add(-2);
        add(3);
        add(0x8000_0000);
        assertEquals(List.of(3, 0x8000_0000, -2), c.active());
        assertEquals(Status.SUCCESS, c.read(-2));
        assertEquals(Status.SUCCESS, c.read(0x8000_0000));
        assertEquals(Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR, c.read(4));
    }

    @Test
    void aResizeIsAChangeOfTheNamespaceAndNotOfAna() {
        TestController c = connected(32);
        add(1);
        c.changed();
        long ana = c.anaChanges();
        c.anaGroups();
        TestRequest told = c.aer();
        TestRequest untold = c.aer();
        t.done(new Step.ResizeBdev("null1", 128 * 512L));
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, told.dw0());
        assertFalse(untold.isAnswered());
        assertEquals(ana, c.anaChanges());
        assertEquals(List.of(1), c.changed());
        assertEquals(128, Wire.u64(c.identify(Identify.CNS_NAMESPACE, 1), 0));
    }

    @Test
    void aPauseAloneIsNoChange() {
        TestController c = connected(32);
        add(1);
        c.changed();
        c.anaGroups();
        TestRequest untold = c.aer();
        t.pause(1);
        t.resume();
        t.done(new Step.AddHost(NQN, HOST));
        assertFalse(untold.isAnswered());
        assertEquals(List.of(), c.changed());
    }

    @Test
    void anotherDeviceUnderTheSameIdentifierIsAChange() {
        TestController c = connected(32);
        add(1);
        t.done(new Step.CreateBdev(TestTarget.nothing("other", 256)));
        c.changed();
        t.pause(1);
        t.done(new Step.RemoveNamespace(NQN, new Nsid(1)));
        t.done(new Step.AddNamespace(NQN, TestTarget.namespace(1, "other")));
        t.resume();
        assertEquals(List.of(1), c.changed());
        assertEquals(256, Wire.u64(c.identify(Identify.CNS_NAMESPACE, 1), 0));
    }

    @Test
    void theDeviceOfANamespaceCannotGo() {
        TestController c = connected(32);
        add(1);
        assertFalse(t.apply(new Step.RemoveBdev("null1")) instanceof StepResult.Done);
        assertEquals(List.of(1), c.active());
        assertEquals(Status.SUCCESS, c.read(1));
    }
}
