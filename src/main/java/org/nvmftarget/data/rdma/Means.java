package org.nvmftarget.data.rdma;

import java.util.function.LongSupplier;

/**
 * What the parts of a transport work with.
 *
 * @param poolBytes memory for the data of each device: {@link PoolSizes#TOTAL_BYTES}, less where it is to run short
 * @param availableBytes memory that could be pinned now: {@link MachineMemory}
 */
record Means(Statistics statistics, Reaper reaper, int poolBytes, LongSupplier availableBytes) {}
