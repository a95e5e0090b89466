package org.nvmftarget.data.bdev;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.drive.DriveHealth;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;

/** A block device. */
public interface Bdev extends AutoCloseable {

    /**
     * What devices differ in.
     *
     * @param knowsUnmapped it tells deallocated blocks from written ones
     * @param spoils it takes {@link BdevOp#WRITE_UNCORRECTABLE}
     * @param compareAndWriteBlocks most blocks of a {@link BdevOp#COMPARE_AND_WRITE} that no other operation sees half
     *     done
     */
    record Traits(
            boolean knowsUnmapped,
            boolean spoils,
            int compareAndWriteBlocks,
            Granularity granularity,
            WriteAtomicity atomicity) {}

    /** What it is now; its size follows {@link #resize}. */
    BdevSpec spec();

    Traits traits();

    /** Logical block size in bytes, a power of two. */
    int blockSizeBytes();

    /** Whether what was written may be lost with the power until it is flushed. May change; true where it is not known. */
    default boolean hasVolatileCache() {
        return true;
    }

    /** What the drive that it is, or is made of, said of its health last; null if it is none, or says nothing. */
    default @Nullable DriveHealth health() {
        return null;
    }

    /** {@link #loss} of a device that is there. */
    long THERE = Long.MAX_VALUE;

    /** Which loss of a device it was by which this one is away, counted over all of them; {@link #THERE} if it is not. */
    default long loss() {
        return THERE;
    }

    /** Size in logical blocks. */
    long blocks();

    /** How many of them are written and not deallocated since; all where the device does not know. */
    long usedBlocks();

    /** Starts an operation, on any reactor. Blocks beyond the device end in {@link BdevStatus#OUT_OF_RANGE}. */
    void submit(BdevIo io);

    /** Goes on with an operation that was {@linkplain BdevIo#later put off}, on the reactor that submitted it. */
    void proceed(BdevIo io);

    /**
     * Changes the size and keeps what is below both; what a grown part reads is zeroes. A device whose size changed by
     * itself takes that one over.
     */
    StepResult resize(long sizeBytes);

    /** Frees the device. The caller vouches that no operation is under way and none will come. */
    @Override
    void close();
}
