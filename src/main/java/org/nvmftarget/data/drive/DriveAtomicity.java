package org.nvmftarget.data.drive;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.IdentifyController;
import org.nvmftarget.data.nvme.IdentifyNamespace;
import org.nvmftarget.data.nvme.Wire;

/**
 * What a drive promises of a write command that is no larger: that it is done as a whole (NVM Command Set 1.0, section
 * 2.1.4).
 *
 * @param normalBytes for whoever reads and writes meanwhile
 * @param powerFailBytes when the power fails
 * @param normalBoundaryBytes a write that crosses a multiple of so many is not promised that; 0 if it does not matter. As
 *     {@code powerFailBoundaryBytes} is for the other
 * @param boundaryOffsetBytes where the first of these boundaries is
 */
public record DriveAtomicity(
        long normalBytes,
        long powerFailBytes,
        long normalBoundaryBytes,
        long powerFailBoundaryBytes,
        long boundaryOffsetBytes) {

    /**
     * @param controller Identify, CNS 01h
     * @param namespace CNS 00h
     */
    static DriveAtomicity of(MemorySegment controller, MemorySegment namespace, int blockShift) {
        int normal = units(controller, IdentifyController.AWUN, namespace, IdentifyNamespace.NAWUN);
        int powerFail = units(controller, IdentifyController.AWUPF, namespace, IdentifyNamespace.NAWUPF);
        return new DriveAtomicity(
                (long) normal << blockShift,
                (long) Math.min(normal, powerFail) << blockShift,
                boundaryBytes(namespace, IdentifyNamespace.NABSN, blockShift),
                boundaryBytes(namespace, IdentifyNamespace.NABSPF, blockShift),
                (long) Wire.u16(namespace, IdentifyNamespace.NABO) << blockShift);
    }

    /** The namespace's number if it says one, else the controller's; either is one less than it means. */
    private static int units(MemorySegment controller, long all, MemorySegment namespace, long own) {
        boolean says = (Wire.u8(namespace, IdentifyNamespace.NSFEAT) & IdentifyNamespace.NSFEAT_NSABP) != 0;
        int blocks = says ? Wire.u16(namespace, own) : 0;
        return 1 + (blocks == 0 ? Wire.u16(controller, all) : blocks);
    }

    private static long boundaryBytes(MemorySegment namespace, long field, int blockShift) {
        int blocks = Wire.u16(namespace, field);
        return blocks == 0 ? 0 : (blocks + 1L) << blockShift;
    }
}
