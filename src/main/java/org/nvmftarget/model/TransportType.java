package org.nvmftarget.model;

import java.util.Locale;

/** The fabrics transports that this target speaks, as {@code trtype} names them. */
public enum TransportType {
    RDMA,
    TCP;

    /** The spelling of the spec file and of {@code nvme connect -t}: {@code rdma}, {@code tcp}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
