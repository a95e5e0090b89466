package org.nvmftarget.data.rdma;

import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;

/**
 * What a queue is made of.
 *
 * @param maxReads RDMA reads that the host serves at a time
 * @param sendEntries work requests that the send queue holds
 */
record QueueSetup(
        ConnectData data,
        TransportAddress listener,
        TransportAddress local,
        String peer,
        TransportOptions.Rdma options,
        QueueMemory memory,
        int maxReads,
        int sendEntries) {}
