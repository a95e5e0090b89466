package org.nvmftarget.model;

/** Address family of a transport address, with SPDK's spelling for JSON. */
public enum AddressFamily {
    IPV4("IPv4"),
    IPV6("IPv6");

    private final String json;

    AddressFamily(String json) {
        this.json = json;
    }

    /** {@code IPv4} or {@code IPv6}. */
    public String json() {
        return json;
    }
}
