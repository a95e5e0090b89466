package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.CopyRange;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.nvme.IoFlags;
import org.nvmftarget.data.nvme.NvmLimits;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/**
 * What the fields of an I/O command must be for its namespace. Namespaces have neither metadata nor directives, so
 * protection information and directive types are refused, and so is what is reserved in CDW12: it would ask for
 * something that is not done. Other reserved dwords are not looked at (NVMe Base specification 2.0, section 1.4.2.4).
 */
final class IoFields {
    private IoFields() {}

    private static final int REFUSED = IoFlags.ALL & ~(IoFlags.LR | IoFlags.FUA);
    private static final int PROTECTION = IoFlags.PRINFO | IoFlags.STC;
    private static final int REFUSED_OF_COPY = REFUSED | CopyRange.PRINFOR;
    private static final int PROTECTION_OF_COPY = PROTECTION | CopyRange.PRINFOR | CopyRange.STCR;

    static int check(Command c, Namespace ns) {
        return switch (c.opcode()) {
            case Opcode.READ, Opcode.WRITE, Opcode.COMPARE -> transfer(c, ns);
            case Opcode.WRITE_ZEROES -> range(c, ns, REFUSED & ~IoFlags.DEAC, NvmLimits.WZSL);
            case Opcode.VERIFY -> range(c, ns, REFUSED, NvmLimits.VSL);
            case Opcode.WRITE_UNCORRECTABLE -> range(c, ns, IoFlags.ALL, NvmLimits.WUSL);
            case Opcode.DATASET_MANAGEMENT -> datasetManagement(c);
            case Opcode.COPY -> copy(c);
            default -> Status.SUCCESS;
        };
    }

    private static int transfer(Command c, Namespace ns) {
        if ((Sqe.cdw12(c.sqe()) & REFUSED) != 0) {
            return refuse(c, Sqe.cdw12(c.sqe()) & REFUSED, PROTECTION);
        }
        int blocks = Sqe.blocks(c.sqe());
        if (!ns.contains(Sqe.slba(c.sqe()), blocks)) {
            return c.refuse(Status.LBA_OUT_OF_RANGE, Sqe.CDW10);
        }
        return (long) blocks << ns.blockShift == c.request.transferLengthBytes()
                ? Status.SUCCESS
                : c.refuse(Status.DATA_SGL_LENGTH_INVALID, Sqe.SGL1);
    }

    /** Blocks without data. */
    private static int range(Command c, Namespace ns, int refused, int limit) {
        int bits = Sqe.cdw12(c.sqe()) & refused;
        if (bits != 0) {
            return refuse(c, bits, c.opcode() == Opcode.WRITE_UNCORRECTABLE ? 0 : PROTECTION);
        }
        int blocks = Sqe.blocks(c.sqe());
        if ((long) blocks << ns.blockShift > NvmLimits.bytes(limit)) {
            return c.invalidField(Sqe.CDW12);
        }
        return ns.contains(Sqe.slba(c.sqe()), blocks) ? Status.SUCCESS : c.refuse(Status.LBA_OUT_OF_RANGE, Sqe.CDW10);
    }

    /** Linux sends 4096 bytes whatever the number of ranges, so a longer SGL is taken. */
    private static int datasetManagement(Command c) {
        int sglBytes = c.request.transferLengthBytes();
        boolean fits = sglBytes >= DsmRange.ranges(c.sqe()) * DsmRange.BYTES
                && sglBytes <= DsmRange.MAX_RANGES * DsmRange.BYTES;
        return fits ? Status.SUCCESS : c.refuse(Status.DATA_SGL_LENGTH_INVALID, Sqe.SGL1);
    }

    private static int copy(Command c) {
        int bits = Sqe.cdw12(c.sqe()) & REFUSED_OF_COPY;
        if (bits != 0) {
            return refuse(c, bits, PROTECTION_OF_COPY);
        }
        int format = CopyRange.format(c.sqe());
        if (format > 1) {
            return c.invalidField(Sqe.CDW12 + 1);
        }
        return CopyRange.ranges(c.sqe()) * CopyRange.bytes(format) == c.request.transferLengthBytes()
                ? Status.SUCCESS
                : c.refuse(Status.DATA_SGL_LENGTH_INVALID, Sqe.SGL1);
    }

    /** @param bits of CDW12 that must not be set */
    private static int refuse(Command c, int bits, int protection) {
        int bit = Integer.numberOfTrailingZeros(bits);
        int status = c.invalidField(Sqe.CDW12 + bit / 8, bit % 8);
        return (bits & protection) == 0 ? status : Status.INVALID_PROTECTION_INFORMATION | Status.DNR;
    }
}
