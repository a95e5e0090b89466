package org.nvmftarget.data.reservation;

/**
 * A host that is registered with a namespace.
 *
 * @param key its reservation key, never 0; other hosts may have the same
 */
public record Registrant(HostId host, long key) {}
