package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.bdev.Granularity;
import org.nvmftarget.data.bdev.WriteAtomicity;
import org.nvmftarget.data.nvme.CopyRange;
import org.nvmftarget.data.nvme.IdentifyNamespace;
import org.nvmftarget.data.nvme.Wire;

/** What a controller says of a namespace that it has: Identify with CNS 00h, 03h, 05h and 08h. */
final class NamespacePage {
    private NamespacePage() {}

    /**
     * CNS 00h: the whole page.
     *
     * @param maxIoSizeBytes the most that one command transfers, which is what writes best have
     */
    static void encode(ControllerView.Attached attached, int maxIoSizeBytes, MemorySegment s) {
        Namespace ns = attached.namespace;
        s.fill((byte) 0);
        IdentifyNamespace.encodeSize(s, ns.blocks, ns.usedBlocks(), 1 << ns.blockShift, attached.isReachable());
        IdentifyNamespace.encodeIdentifiers(s, ns.spec.nguid(), ns.spec.eui64());
        Wire.putU8(s, IdentifyNamespace.NMIC, IdentifyNamespace.NMIC_SHARED);
        Wire.putU8(s, IdentifyNamespace.RESCAP, rescap(ns));
        Wire.putU8(s, IdentifyNamespace.NSATTR, nsattr(ns));
        Wire.putU8(s, IdentifyNamespace.DLFEAT, IdentifyNamespace.DLFEAT_ZEROES);
        Wire.putU32(s, IdentifyNamespace.ANAGRPID, ns.anaGroup());
        device(ns, maxIoSizeBytes >>> ns.blockShift, s);
    }

    /** What the device can; numbers of blocks are zero-based but for MSSRL and MCL. */
    private static void device(Namespace ns, int largestWrite, MemorySegment s) {
        Bdev.Traits traits = ns.bdev.traits();
        int thin = IdentifyNamespace.NSFEAT_THINP | IdentifyNamespace.NSFEAT_DAE;
        Wire.putU8(
                s,
                IdentifyNamespace.NSFEAT,
                IdentifyNamespace.NSFEAT_NSABP
                        | IdentifyNamespace.NSFEAT_OPTPERF
                        | (traits.knowsUnmapped() ? thin : 0));
        Wire.putU16(s, IdentifyNamespace.NACWU, traits.compareAndWriteBlocks() - 1);
        granularity(traits.granularity(), largestWrite, s);
        atomicity(traits.atomicity(), s);
        Wire.putU16(s, IdentifyNamespace.MSSRL, ns.maxCopyRangeBlocks());
        Wire.putU32(s, IdentifyNamespace.MCL, ns.maxCopyBlocks());
        Wire.putU8(s, IdentifyNamespace.MSRC, CopyRange.MAX_RANGES - 1);
    }

    private static void granularity(Granularity best, int largestWrite, MemorySegment s) {
        Wire.putU16(s, IdentifyNamespace.NPWG, best.written() - 1);
        Wire.putU16(s, IdentifyNamespace.NPWA, best.written() - 1);
        Wire.putU16(s, IdentifyNamespace.NPDG, best.deallocated() - 1);
        Wire.putU16(s, IdentifyNamespace.NPDA, best.deallocated() - 1);
        int most = best.largestWrite() == 0 ? 1 << 16 : best.largestWrite();
        Wire.putU16(s, IdentifyNamespace.NOWS, Math.clamp(largestWrite, 1, most) - 1);
        Wire.putU16(s, IdentifyNamespace.NOIOB, best.boundary());
    }

    private static void atomicity(WriteAtomicity whole, MemorySegment s) {
        Wire.putU16(s, IdentifyNamespace.NAWUN, whole.normal() - 1);
        Wire.putU16(s, IdentifyNamespace.NAWUPF, whole.powerFail() - 1);
        Wire.putU16(s, IdentifyNamespace.NABSN, Math.max(1, whole.normalBoundary()) - 1);
        Wire.putU16(s, IdentifyNamespace.NABO, whole.boundaryOffset());
        Wire.putU16(s, IdentifyNamespace.NABSPF, Math.max(1, whole.powerFailBoundary()) - 1);
    }

    /** CNS 03h: the whole page. */
    static void encodeDescriptors(Namespace ns, MemorySegment s) {
        s.fill((byte) 0);
        IdentifyNamespace.encodeDescriptors(s, ns.spec.uuid(), ns.spec.nguid(), ns.spec.eui64());
    }

    /** CNS 05h for the NVM command set: no protection information, which is all that it speaks of. */
    static void encodeCommandSet(MemorySegment s) {
        s.fill((byte) 0);
    }

    /** CNS 08h, independent of the command set: the whole page. */
    static void encodeIndependent(Namespace ns, MemorySegment s) {
        s.fill((byte) 0);
        Wire.putU8(s, IdentifyNamespace.Independent.NMIC, IdentifyNamespace.NMIC_SHARED);
        Wire.putU32(s, IdentifyNamespace.Independent.ANAGRPID, ns.anaGroup());
        Wire.putU8(s, IdentifyNamespace.Independent.RESCAP, rescap(ns));
        Wire.putU8(s, IdentifyNamespace.Independent.NSATTR, nsattr(ns));
        Wire.putU8(s, IdentifyNamespace.Independent.NSTAT, IdentifyNamespace.Independent.NSTAT_READY);
    }

    private static int rescap(Namespace ns) {
        return IdentifyNamespace.RESCAP_ALL_TYPES | (ns.parts.isDurable() ? IdentifyNamespace.RESCAP_PTPL : 0);
    }

    private static int nsattr(Namespace ns) {
        return ns.state.isWriteProtected() ? IdentifyNamespace.NSATTR_WRITE_PROTECTED : 0;
    }
}
