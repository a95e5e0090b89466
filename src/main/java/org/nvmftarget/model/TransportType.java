package org.nvmftarget.model;

/** The fabrics transports that this target speaks. */
public enum TransportType {
    RDMA,
    TCP
}
