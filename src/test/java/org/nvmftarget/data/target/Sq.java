package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.AuthCommand;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Wire;

/** Submission queue entries as hosts write them. */
final class Sq {
    private Sq() {}

    static MemorySegment command(int opcode, int nsid) {
        MemorySegment s = MemorySegment.ofArray(new byte[Sqe.BYTES]);
        Wire.putU8(s, Sqe.OPCODE, opcode);
        Wire.putU8(s, Sqe.FLAGS, Sqe.PSDT_SGL << 6);
        Wire.putU32(s, Sqe.NSID, nsid);
        return s;
    }

    static MemorySegment admin(int opcode, int cdw10, int cdw11) {
        return admin(opcode, 0, cdw10, cdw11);
    }

    static MemorySegment admin(int opcode, int nsid, int cdw10, int cdw11) {
        MemorySegment s = command(opcode, nsid);
        Wire.putU32(s, Sqe.CDW10, cdw10);
        Wire.putU32(s, Sqe.CDW11, cdw11);
        return s;
    }

    static MemorySegment identify(int cns, int nsid) {
        return admin(Opcode.IDENTIFY, nsid, cns, 0);
    }

    static MemorySegment log(int lid, int lengthBytes, long offset, boolean rae) {
        int numd = lengthBytes / 4 - 1;
        MemorySegment s = admin(Opcode.GET_LOG_PAGE, 0, lid | (rae ? 1 << 15 : 0) | (numd & 0xFFFF) << 16, numd >>> 16);
        Wire.putU64(s, Sqe.CDW12, offset);
        return s;
    }

    static MemorySegment changedNamespaces(boolean rae) {
        return log(LogPage.CHANGED_NAMESPACES, LogPage.CHANGED_NAMESPACES_BYTES, 0, rae);
    }

    static MemorySegment io(int opcode, int nsid, long lba, int blocks) {
        MemorySegment s = command(opcode, nsid);
        Wire.putU64(s, Sqe.CDW10, lba);
        Wire.putU16(s, Sqe.CDW12, blocks - 1);
        return s;
    }

    /** Register, Acquire or Release: CDW10 is the action with its flags and its type. */
    static MemorySegment reservation(int opcode, int nsid, int cdw10) {
        MemorySegment s = command(opcode, nsid);
        Wire.putU32(s, Sqe.CDW10, cdw10);
        return s;
    }

    static MemorySegment reservationReport(int nsid, int lengthBytes, boolean extended) {
        MemorySegment s = reservation(Opcode.RESERVATION_REPORT, nsid, lengthBytes / 4 - 1);
        Wire.putU32(s, Sqe.CDW11, extended ? 1 : 0);
        return s;
    }

    static MemorySegment connect(int qid, int sqsize, int katoMs) {
        MemorySegment s = fabrics(Opcode.FABRICS_CONNECT);
        Wire.putU16(s, Connect.QID, qid);
        Wire.putU16(s, Connect.SQSIZE, sqsize);
        Wire.putU32(s, Connect.KATO, katoMs);
        return s;
    }

    static MemorySegment propertyGet(int offset, int size) {
        MemorySegment s = fabrics(Opcode.FABRICS_PROPERTY_GET);
        Wire.putU8(s, Property.ATTRIB, size);
        Wire.putU32(s, Property.OFST, offset);
        return s;
    }

    static MemorySegment propertySet(int offset, long value) {
        MemorySegment s = fabrics(Opcode.FABRICS_PROPERTY_SET);
        Wire.putU32(s, Property.OFST, offset);
        Wire.putU64(s, Property.VALUE, value);
        return s;
    }

    /** Authentication Send or Receive of {@code lengthBytes}. */
    static MemorySegment auth(int fctype, int lengthBytes) {
        MemorySegment s = fabrics(fctype);
        Wire.putU8(s, AuthCommand.SPSP0, 1);
        Wire.putU8(s, AuthCommand.SPSP1, 1);
        Wire.putU8(s, AuthCommand.SECP, AuthCommand.SECP_NVME);
        Wire.putU32(s, AuthCommand.LENGTH, lengthBytes);
        return s;
    }

    static MemorySegment fabrics(int fctype) {
        MemorySegment s = command(Opcode.FABRICS, 0);
        Wire.putU8(s, Sqe.FCTYPE, fctype);
        return s;
    }

    static MemorySegment withCid(MemorySegment s, int cid) {
        if (Sqe.cid(s) == 0) {
            Wire.putU16(s, Sqe.CID, cid);
        }
        return s;
    }
}
