package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.IdentifyNamespace;
import org.nvmftarget.data.nvme.Wire;

/** What a controller says of a namespace that it has: Identify with CNS 00h, 03h, 05h and 08h. */
final class NamespacePage {
    private NamespacePage() {}

    /** CNS 00h: the whole page. */
    static void encode(ControllerView.Attached attached, MemorySegment s) {
        Namespace ns = attached.namespace;
        s.fill((byte) 0);
        IdentifyNamespace.encodeSize(s, ns.blocks, 1 << ns.blockShift, attached.isReachable());
        IdentifyNamespace.encodeIdentifiers(s, ns.spec.nguid(), ns.spec.eui64());
        Wire.putU8(s, IdentifyNamespace.NMIC, IdentifyNamespace.NMIC_SHARED);
        Wire.putU8(s, IdentifyNamespace.RESCAP, rescap(ns));
        Wire.putU8(s, IdentifyNamespace.NSATTR, nsattr(ns));
        Wire.putU8(s, IdentifyNamespace.DLFEAT, IdentifyNamespace.DLFEAT_ZEROES);
        Wire.putU32(s, IdentifyNamespace.ANAGRPID, ns.anaGroup());
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
