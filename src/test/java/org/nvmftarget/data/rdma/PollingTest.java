package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.model.TransportOptions;

/** Whether a reactor with RDMA queues may sleep. */
class PollingTest extends QueueRig {

    private void open(TransportOptions.Poll poll) throws VerbsException {
        TransportOptions.Rdma o = TransportOptions.rdma();
        options = new TransportOptions.Rdma(
                o.common(),
                o.maxSrqDepth(),
                o.noSrq(),
                o.numCqe(),
                o.acceptorBacklog(),
                o.noWrBatching(),
                o.dataWrPoolSize(),
                poll);
        openOwn(2 * ENTRIES + READS);
        poller.poll();
    }

    @Test
    void anIdleQueueLetsItsReactorSleep() throws VerbsException {
        open(TransportOptions.Poll.ADAPTIVE);

        assertTrue(poller.arm());
    }

    @Test
    void aQueueThatIsPolledBusilyNeverDoes() throws VerbsException {
        open(TransportOptions.Poll.BUSY);

        assertFalse(poller.arm());
        assertFalse(poller.arm());
    }

    @Test
    void oneQueueOfManyKeepsTheReactorAwakeUntilItIsGone() throws VerbsException {
        open(TransportOptions.Poll.BUSY);
        RdmaQueue busy = queue;
        options = TransportOptions.rdma();
        RdmaQueue _ = queue(verbs.qp, 2 * ENTRIES + READS);
        poller.poll();
        assertFalse(poller.arm());

        poller.detach(busy);

        assertTrue(poller.arm());
    }

    @Test
    void aLostCompletionQueueKeepsNobodyAwake() throws VerbsException {
        open(TransportOptions.Poll.BUSY);

        poller.lost("it overflowed");

        assertTrue(poller.arm());
    }
}
