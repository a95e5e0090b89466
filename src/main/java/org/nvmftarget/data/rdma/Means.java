package org.nvmftarget.data.rdma;

/**
 * What the parts of a transport work with.
 *
 * @param poolBytes memory for the data of each device: {@link PoolSizes#TOTAL_BYTES}, less where it is to run short
 */
record Means(Statistics statistics, Reaper reaper, int poolBytes) {}
