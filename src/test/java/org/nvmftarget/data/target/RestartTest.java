package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/** What a host finds again after the target was restarted. */
class RestartTest {

    private static String page(TestTarget t, int cns, int nsid) {
        byte[] bytes =
                t.admin().read(Sq.identify(cns, nsid), Identify.BYTES).page().toArray(ValueLayout.JAVA_BYTE);
        return HexFormat.of().formatHex(bytes);
    }

    private static TestTarget started(int cntlidOffset) {
        TestTarget t = new TestTarget(cntlidOffset);
        t.declare();
        t.done(new Step.CreateBdev(TestTarget.nothing("zero", 64)));
        UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
        t.done(new Step.AddNamespace(
                NQN,
                new NamespaceSpec(new Nsid(2), "zero", uuid, Identity.nguid(uuid), Optional.of("A1A2A3A4A5A6A7A8"))));
        return t;
    }

    @Test
    void derivedAndDeclaredIdentitiesAreTheSame() {
        TestTarget before = started(0);
        TestTarget after = started(12_345);
        for (int nsid = 1; nsid <= 2; nsid++) {
            assertEquals(
                    page(before, Identify.CNS_NAMESPACE_DESCRIPTORS, nsid),
                    page(after, Identify.CNS_NAMESPACE_DESCRIPTORS, nsid));
            assertEquals(page(before, Identify.CNS_NAMESPACE, nsid), page(after, Identify.CNS_NAMESPACE, nsid));
        }
    }

    @Test
    void theControllerIsAnotherOfTheSameSubsystem() {
        String before = page(started(0), Identify.CNS_CONTROLLER, 0);
        String after = page(started(12_345), Identify.CNS_CONTROLLER, 0);
        int cntlid = 78 * 2;
        assertEquals("0100", before.substring(cntlid, cntlid + 4));
        assertEquals("3a30", after.substring(cntlid, cntlid + 4));
        assertEquals(before.substring(0, cntlid), after.substring(0, cntlid));
        assertEquals(before.substring(cntlid + 4), after.substring(cntlid + 4));
    }
}
