package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.CopyRange;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.nvme.IoFlags;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/**
 * What the fields of an I/O command must be for its namespace. Namespaces have no protection information, so what
 * commands say of it is ignored (NVM Command Set 1.0, figures 9 and 10). There are no directives, so their types are
 * refused, and so is what is reserved in CDW12: it would ask for something that is not done. Other reserved dwords are
 * not looked at, which the Base specification leaves to the controller (chapter "Conventions").
 */
final class IoFields {
    private IoFields() {}

    private static final int REFUSED = IoFlags.ALL & ~(IoFlags.LR | IoFlags.FUA | IoFlags.PRINFO | IoFlags.STC);
    private static final int REFUSED_OF_COPY = REFUSED & ~CopyRange.STCR;

    static int check(Command c, Namespace ns) {
        return switch (c.opcode()) {
            case Opcode.READ, Opcode.WRITE, Opcode.COMPARE -> transfer(c, ns);
            case Opcode.WRITE_ZEROES -> range(c, ns, REFUSED & ~IoFlags.DEAC);
            case Opcode.VERIFY -> range(c, ns, REFUSED | IoFlags.PRACT); // section 3.2.5
            case Opcode.WRITE_UNCORRECTABLE -> range(c, ns, IoFlags.ALL);
            case Opcode.DATASET_MANAGEMENT -> datasetManagement(c);
            case Opcode.COPY -> copy(c);
            default -> Status.SUCCESS;
        };
    }

    private static int transfer(Command c, Namespace ns) {
        int bits = Sqe.cdw12(c.sqe()) & REFUSED;
        if (bits != 0) {
            return refuse(c, bits);
        }
        int blocks = Sqe.blocks(c.sqe());
        if (!ns.contains(Sqe.slba(c.sqe()), blocks)) {
            return c.refuse(Status.LBA_OUT_OF_RANGE, Sqe.CDW10);
        }
        return (long) blocks << ns.blockShift == c.request.transferLengthBytes()
                ? Status.SUCCESS
                : c.refuse(Status.DATA_SGL_LENGTH_INVALID, Sqe.SGL1);
    }

    /** Blocks without data: as many as the field can say, since Identify recommends sizes and limits none. */
    private static int range(Command c, Namespace ns, int refused) {
        int bits = Sqe.cdw12(c.sqe()) & refused;
        if (bits != 0) {
            return refuse(c, bits);
        }
        return ns.contains(Sqe.slba(c.sqe()), Sqe.blocks(c.sqe()))
                ? Status.SUCCESS
                : c.refuse(Status.LBA_OUT_OF_RANGE, Sqe.CDW10);
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
            return refuse(c, bits);
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
    private static int refuse(Command c, int bits) {
        int bit = Integer.numberOfTrailingZeros(bits);
        return c.invalidField(Sqe.CDW12 + bit / 8, bit % 8);
    }
}
