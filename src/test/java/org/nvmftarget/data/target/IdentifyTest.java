package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;

/** Which page Identify gives for which CNS, and when it gives none (NVMe Base specification 2.0, section 5.17). */
class IdentifyTest {

    private static final int ALL = 0xFFFF_FFFF;

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();

    private TestRequest identify(int cns, int nsid, int cntid, int csi) {
        return admin.read(Sq.admin(Opcode.IDENTIFY, nsid, cns | cntid << 16, csi << 24), Identify.BYTES);
    }

    private MemorySegment page(int cns, int nsid, int cntid) {
        TestRequest r = identify(cns, nsid, cntid, 0);
        assertEquals(Status.SUCCESS, r.status());
        return r.page();
    }

    private static String text(int status) {
        return switch (status) {
            case Status.SUCCESS -> "ok";
            case Status.INVALID_FIELD | Status.DNR -> "field";
            case Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR -> "namespace";
            case Status.INVALID_IO_COMMAND_SET | Status.DNR -> "set";
            default -> Status.toText(status);
        };
    }

    private static boolean isZero(MemorySegment page) {
        return page.mismatch(MemorySegment.ofArray(new byte[Identify.BYTES])) < 0;
    }

    /** The answer for nsid 1, which is active; 2, which is not; 33 and 0, which are none; and all. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "namespace,                    0x00, ok, zero, namespace, namespace, namespace",
        "controller,                   0x01, ok, ok, ok, ok, ok",
        "active namespaces,            0x02, ok, ok, ok, ok, namespace",
        "descriptors,                  0x03, ok, namespace, namespace, namespace, namespace",
        "NVM sets: none,               0x04, field, field, field, field, field",
        "namespace of NVM,             0x05, ok, zero, namespace, namespace, namespace",
        "controller of NVM,            0x06, ok, ok, ok, ok, ok",
        "active namespaces of NVM,     0x07, ok, ok, ok, ok, namespace",
        "namespace of any set,         0x08, ok, zero, namespace, namespace, namespace",
        "allocated namespaces,         0x10, ok, ok, ok, ok, namespace",
        "allocated namespace,          0x11, ok, zero, namespace, namespace, namespace",
        "attached controllers,         0x12, ok, zero, namespace, namespace, field",
        "controllers,                  0x13, ok, ok, ok, ok, ok",
        "primary controller,           0x14, ok, ok, ok, ok, ok",
        "secondary controllers,        0x15, ok, ok, ok, ok, ok",
        "namespace granularity,        0x16, ok, ok, ok, ok, ok",
        "UUIDs: none,                  0x17, field, field, field, field, field",
        "domains: none,                0x18, field, field, field, field, field",
        "endurance groups: none,       0x19, field, field, field, field, field",
        "allocated namespaces of NVM,  0x1A, ok, ok, ok, ok, namespace",
        "allocated namespace of NVM,   0x1B, ok, zero, namespace, namespace, namespace",
        "command sets,                 0x1C, ok, ok, ok, ok, ok"
    })
    void aPageTakesSomeNsids(
            String name, String cns, String active, String inactive, String beyond, String none, String all) {
        int[] nsids = {1, 2, 33, 0, ALL};
        String[] expected = {active, inactive, beyond, none, all};
        int code = Integer.decode(cns);
        for (int i = 0; i < nsids.length; i++) {
            TestRequest r = identify(code, nsids[i], code == 0x1C ? 0xFFFF : 0, 0);
            String answer = text(r.status());
            boolean zero = expected[i].equals("zero");
            assertEquals(zero ? "ok" : expected[i], answer, name + " of nsid " + nsids[i]);
            if (zero) {
                assertEquals(true, isZero(r.page()), name + " of nsid " + nsids[i]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x05, field",
        "0x06, field",
        "0x07, field",
        "0x16, set",
        "0x1A, field",
        "0x1B, field",
        "0x00, ok",
        "0x02, ok",
        "0x03, ok",
        "0x08, ok",
        "0x10, ok"
    })
    void aPageOfACommandSetThatThereIsNotIsRefused(String cns, String expected) {
        for (int csi : new int[] {1, 2, 0xFF}) {
            assertEquals(expected, text(identify(Integer.decode(cns), 1, 0, csi).status()));
        }
    }

    private static IntStream others() {
        return IntStream.concat(IntStream.rangeClosed(0x09, 0x0F), IntStream.rangeClosed(0x1D, 0xFF));
    }

    @ParameterizedTest
    @MethodSource("others")
    void whateverElseIsAskedForIsInvalid(int cns) {
        assertEquals("field", text(identify(cns, 1, 0, 0).status()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 512, 4092, 4100, 8192})
    void identifyTakesItsWholeLengthOnly(int bytes) {
        assertEquals(
                Status.DATA_SGL_LENGTH_INVALID | Status.DNR,
                admin.read(Sq.identify(1, 0), bytes).status());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x1C})
    void aDiscoveryControllerIdentifiesItselfAlone(int cns) {
        TestQueue discovery = t.admin(Nqn.DISCOVERY, HOST, 0);
        assertEquals(
                "field",
                text(discovery.read(Sq.identify(cns, 1), Identify.BYTES).status()));
        assertEquals(
                "ok", text(discovery.read(Sq.identify(1, 0), Identify.BYTES).status()));
    }

    // Lists

    private static List<Integer> namespaces(MemorySegment page) {
        List<Integer> list = new ArrayList<>();
        for (long at = 0; at < Identify.BYTES && Wire.u32(page, at) != 0; at += 4) {
            list.add(Wire.u32(page, at));
        }
        return list;
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Identify.CNS_ACTIVE_NAMESPACES,
                Identify.CNS_COMMAND_SET_ACTIVE_NAMESPACES,
                Identify.CNS_ALLOCATED_NAMESPACES,
                Identify.CNS_COMMAND_SET_ALLOCATED_NAMESPACES
            })
    void aListHasTheNamespacesAboveTheGivenOne(int cns) {
        t.addSlowNamespace(32);
        t.addSlowNamespace(7);
        assertEquals(List.of(1, 7, 32), namespaces(page(cns, 0, 0)));
        assertEquals(List.of(7, 32), namespaces(page(cns, 1, 0)));
        assertEquals(List.of(7, 32), namespaces(page(cns, 6, 0)));
        assertEquals(List.of(), namespaces(page(cns, 32, 0)));
        assertEquals(List.of(), namespaces(page(cns, 0xFFFF_FFFD, 0)));
    }

    private static List<Integer> controllers(MemorySegment page) {
        List<Integer> list = new ArrayList<>();
        for (int i = 1; i <= Wire.u16(page, 0); i++) {
            list.add(Wire.u16(page, 2L * i));
        }
        assertEquals(0, Wire.u16(page, 2L * (list.size() + 1)));
        return list;
    }

    @ParameterizedTest
    @ValueSource(ints = {Identify.CNS_ATTACHED_CONTROLLERS, Identify.CNS_CONTROLLERS})
    void aListHasTheControllersFromTheGivenOneOn(int cns) {
        t.admin();
        TestQueue third = t.admin();
        assertEquals(List.of(1, 2, 3), controllers(page(cns, 1, 0)));
        assertEquals(List.of(2, 3), controllers(page(cns, 1, 2)));
        assertEquals(List.of(), controllers(page(cns, 1, 4)));
        third.drop();
        assertEquals(List.of(1, 2), controllers(page(cns, 1, 0)));
    }

    @Test
    void aDiscoveryControllerIsNotAControllerOfTheSubsystem() {
        t.admin(Nqn.DISCOVERY, HOST, 0);
        assertEquals(List.of(1), controllers(page(Identify.CNS_CONTROLLERS, 0, 0)));
    }

    // The other pages

    @Test
    void thePrimaryControllerHasNothingToShareOut() {
        MemorySegment page = page(Identify.CNS_PRIMARY_CONTROLLER, 0, 0);
        assertEquals(admin.pair().cntlid(), Wire.u16(page, 0));
        page.asSlice(0, 4).fill((byte) 0);
        assertEquals(true, isZero(page));
        assertEquals(true, isZero(page(Identify.CNS_SECONDARY_CONTROLLERS, 0, 0)));
    }

    @Test
    void theOnlyCommandSetIsNvm() {
        MemorySegment self = page(Identify.CNS_COMMAND_SETS, 0, 0xFFFF);
        assertEquals(1, Wire.u64(self, 0));
        assertEquals(0, Wire.u64(self, 8));
        int other = t.admin().pair().cntlid();
        assertEquals(1, Wire.u64(page(Identify.CNS_COMMAND_SETS, 0, other), 0));
        assertEquals("field", text(identify(Identify.CNS_COMMAND_SETS, 0, 77, 0).status()));
    }

    @Test
    void theDescriptorsNameTheNamespace() {
        MemorySegment page = page(Identify.CNS_NAMESPACE_DESCRIPTORS, 1, 0);
        assertEquals(3, Wire.u8(page, 0));
        assertEquals(16, Wire.u8(page, 1));
        assertEquals(2, Wire.u8(page, 20));
        assertEquals(4, Wire.u8(page, 40));
    }

    @Test
    void aNamespaceThatGrewIsShownAsItIs() {
        t.done(new Step.ResizeBdev("disk0", 2048L * TestTarget.BLOCK));
        assertEquals(2048, Wire.u64(page(Identify.CNS_NAMESPACE, 1, 0), 0));
        assertEquals(2048, Wire.u64(page(Identify.CNS_ALLOCATED_NAMESPACE, 1, 0), 0));
        assertEquals(NQN.value(), Wire.text(page(Identify.CNS_CONTROLLER, 0, 0), 768, 256));
    }
}
