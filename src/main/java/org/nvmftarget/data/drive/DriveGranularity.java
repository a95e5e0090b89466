package org.nvmftarget.data.drive;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.IdentifyNamespace;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.LiveState;

/**
 * What a drive is fastest with (NVM Command Set 1.0, section 5.8.2), in bytes; 0 where it does not say.
 *
 * @param writtenBytes writes best begin at, and are, a multiple of so many, as {@code deallocatedBytes} is for deallocations
 * @param largestWriteBytes of which writes are best
 * @param boundaryBytes that reads and writes best do not cross a multiple of
 */
public record DriveGranularity(long writtenBytes, long deallocatedBytes, long largestWriteBytes, long boundaryBytes) {

    /** @param namespace Identify, CNS 00h */
    static DriveGranularity of(MemorySegment namespace, int blockShift) {
        int says = Wire.u8(namespace, IdentifyNamespace.NSFEAT);
        boolean deallocations = (says & IdentifyNamespace.NSFEAT_OPTPERF) != 0;
        boolean writes = deallocations || (says & IdentifyNamespace.NSFEAT_OPTPERF_LARGE) != 0;
        long written = Math.max(units(namespace, IdentifyNamespace.NPWG), units(namespace, IdentifyNamespace.NPWA));
        long deallocated = Math.max(units(namespace, IdentifyNamespace.NPDG), units(namespace, IdentifyNamespace.NPDA));
        return new DriveGranularity(
                writes ? written << blockShift : 0,
                deallocations ? deallocated << blockShift : 0,
                writes ? units(namespace, IdentifyNamespace.NOWS) << blockShift : 0,
                (long) Wire.u16(namespace, IdentifyNamespace.NOIOB) << blockShift);
    }

    /** What is told of it besides to hosts. */
    LiveState.Preferred told() {
        return new LiveState.Preferred(writtenBytes, deallocatedBytes, largestWriteBytes);
    }

    private static long units(MemorySegment namespace, long field) {
        return Wire.u16(namespace, field) + 1L;
    }
}
