package org.nvmftarget.model;

import java.util.Comparator;

/**
 * Where a listener is: {@code trtype}, {@code adrfam}, {@code traddr}, {@code trsvcid}.
 *
 * @param traddr a numeric address in canonical text (IPv6 as in RFC 5952, with {@code %scope} where link-local)
 * @param trsvcid the TCP or RDMA CM port, 1 to 65535
 */
public record TransportAddress(TransportType trtype, AddressFamily adrfam, String traddr, int trsvcid)
        implements Comparable<TransportAddress> {

    private static final Comparator<TransportAddress> ORDER = Comparator.comparing(TransportAddress::trtype)
            .thenComparing(TransportAddress::adrfam)
            .thenComparing(TransportAddress::traddr)
            .thenComparingInt(TransportAddress::trsvcid);

    public TransportAddress {
        if (trsvcid < 1 || trsvcid > 65535) {
            throw new IllegalArgumentException("trsvcid " + trsvcid + " is not in 1..65535");
        }
    }

    /** True for {@code 0.0.0.0} and {@code ::}, which accept on every address of the machine. */
    public boolean isWildcard() {
        return traddr.equals("0.0.0.0") || traddr.equals("::");
    }

    @Override
    public int compareTo(TransportAddress other) {
        return ORDER.compare(this, other);
    }

    /** For messages: {@code rdma 10.0.0.1:4420}, {@code tcp [::1]:4420}. */
    @Override
    public String toString() {
        return trtype.key() + " " + hostAndPort();
    }

    /** {@code 10.0.0.1:4420}, {@code [::1]:4420}. */
    public String hostAndPort() {
        return (adrfam == AddressFamily.IPV6 ? "[" + traddr + "]" : traddr) + ":" + trsvcid;
    }
}
