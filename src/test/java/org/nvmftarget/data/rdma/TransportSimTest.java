package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.verbs.Flavor;
import org.nvmftarget.verbs.host.NvmeHost;

/** The transport in a simulated world, from its first host to its end. */
class TransportSimTest {

    @Test
    void aHostConnectsAndLeavesAndNothingStays() {
        SimRig rig = new SimRig(1, Flavor.ADAPTER, TransportOptions.rdma());
        NvmeHost host = rig.host(0, 2, 8);
        assertTrue(rig.within(Duration.ofSeconds(5), host::isReady), host::end);
        assertEquals(3, rig.queuePairs());
        host.disconnect();
        assertTrue(rig.within(Duration.ofSeconds(20), () -> rig.queuePairs() == 0));
        rig.target.stop(SimRig.PATIENCE);
        assertEquals("[]", rig.world.ledger().describe().toString());
    }
}
