package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.bdev.Granularity;
import org.nvmftarget.data.bdev.WriteAtomicity;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nqn;

/** The Identify pages as bytes: every field that is not zero, by its offset (NVMe Base specification 2.0, 5.17.2). */
class IdentifyPagesTest {

    private final TestTarget t = TestTarget.serving();

    private static MemorySegment page(TestQueue queue, int cns, int nsid) {
        return queue.read(Sq.identify(cns, nsid), Identify.BYTES).page();
    }

    private static String hex(MemorySegment page, int at, int length) {
        return HexFormat.of().formatHex(page.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "VID and SSVID, 0, 00000000",
        "CMIC: ports controllers ANA, 76, 0b",
        "MDTS: 128 KiB, 77, 05",
        "CNTLID, 78, 0100",
        "VER: 2.0, 80, 00000200",
        "OAES: namespaces and ANA, 92, 00090000",
        "CTRATT: 128 bits of host id and TBKAS and granularity, 96, c1000000",
        "CNTRLTYPE: I/O, 111, 01",
        "OACS, 256, 0000",
        "ACL and AERL, 258, 0303",
        "FRMW, 260, 03",
        "LPA, 261, 27",
        "ELPE: 64 entries, 262, 3f",
        "NPSS, 263, 00",
        "WCTEMP and CCTEMP: 70 and 85 degrees, 266, 57016601",
        "KAS: 10 s, 320, 6400",
        "ANATT and ANACAP, 342, 0a1f",
        "ANAGRPMAX and NANAGRPID, 344, 8000000080000000",
        "SQES and CQES, 512, 6644",
        "MAXCMD, 514, 8000",
        "NN, 516, 20000000",
        "ONCS and FUSES, 520, bf010100",
        "AWUN AWUPF, 526, 00000000",
        "ACWU and OCFS, 532, 00000300",
        "VWC, 525, 07",
        "NWPC: write protection and until a power cycle, 531, 03",
        "SGLS: transport and offset, 536, 01003000",
        "MNAN, 540, 20000000",
        "IOCCSZ: 64 + 4096, 1792, 04010000",
        "IORCSZ, 1796, 01000000",
        "ICDOFF FCATT MSDBD, 1800, 00000001",
        "OFCS: Disconnect, 1804, 0100",
        "PSD0, 2048, c40900001000000004000000"
    })
    void theControllerSaysOfItself(String field, int at, String bytes) {
        assertEquals(bytes, hex(page(t.admin(), Identify.CNS_CONTROLLER, 0), at, bytes.length() / 2), field);
    }

    @Test
    void theControllerHasItsSubsystemsNames() {
        MemorySegment page = page(t.admin(), Identify.CNS_CONTROLLER, 0);
        assertEquals("NT01" + " ".repeat(16), Wire.text(page, 4, 20));
        assertEquals("nvmf-target" + " ".repeat(29), Wire.text(page, 24, 40));
        assertEquals(8, Wire.text(page, 64, 8).length());
        assertEquals(NQN.value(), Wire.text(page, 768, 256));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "CMIC, 76, 00",
        "OAES: the discovery log, 92, 00000080",
        "CNTRLTYPE: discovery, 111, 02",
        "LPA: extended data and pages of support, 261, 24",
        "WCTEMP and CCTEMP, 266, 00000000",
        "ANA, 342, 00000000000000000000",
        "SQES and CQES, 512, 0000",
        "NN, 516, 00000000",
        "ONCS, 520, 0000",
        "DCTYPE: direct, 1806, 01",
        "fabrics, 1792, 0000000000000000000000000000"
    })
    void aDiscoveryControllerHasNoIoInIt(String field, int at, String bytes) {
        MemorySegment page = page(t.admin(Nqn.DISCOVERY, HOST, 0), Identify.CNS_CONTROLLER, 0);
        assertEquals(bytes, hex(page, at, bytes.length() / 2), field);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "NSZE NCAP NUSE, 0, 000400000000000000040000000000000000000000000000",
        "NSFEAT: thin with atomic bounds DULBE and preferred sizes, 24, 17",
        "NAWUN NAWUPF NACWU, 34, 00000000ff07",
        "NPWG NPWA NPDG NPDA NOWS, 64, 0700070007000700ff00",
        "MSSRL MCL MSRC, 74, 008000000200ff",
        "NMIC: shared, 30, 01",
        "RESCAP: all types and IEKEY of 1.3 but not PTPL, 31, fe",
        "NSATTR: not write protected, 99, 00",
        "DLFEAT: zeroes, 33, 09",
        "NVMCAP, 48, 00000800000000000000000000000000",
        "ANAGRPID, 92, 01000000",
        "LBAF0: 512 bytes, 128, 00000900"
    })
    void aNamespaceIsDescribed(String field, int at, String bytes) {
        assertEquals(bytes, hex(page(t.admin(), Identify.CNS_NAMESPACE, 1), at, bytes.length() / 2), field);
    }

    @Test
    void aNamespacePromisesWhatItsDevicePromises() {
        SlowBdev device = t.addSlowNamespace(2);
        device.atomicity = new WriteAtomicity(32, 16, 128, 64, 3);
        device.granularity = new Granularity(8, 16, 32, 256);
        MemorySegment page = page(t.admin(), Identify.CNS_NAMESPACE, 2);
        assertEquals("1f000f00", hex(page, 34, 4), "NAWUN NAWUPF");
        assertEquals("7f0003003f00", hex(page, 40, 6), "NABSN NABO NABSPF");
        assertEquals("0001", hex(page, 46, 2), "NOIOB");
        assertEquals("070007000f000f001f00", hex(page, 64, 10), "NPWG NPWA NPDG NPDA NOWS");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "NSFEAT, 0, 00",
        "NMIC: shared, 1, 01",
        "RESCAP, 2, fe",
        "ANAGRPID, 4, 01000000",
        "NSATTR, 8, 00",
        "NSTAT: ready, 14, 01"
    })
    void aNamespaceIsDescribedForEveryCommandSet(String field, int at, String bytes) {
        assertEquals(bytes, hex(page(t.admin(), Identify.CNS_INDEPENDENT_NAMESPACE, 1), at, bytes.length() / 2), field);
    }
}
