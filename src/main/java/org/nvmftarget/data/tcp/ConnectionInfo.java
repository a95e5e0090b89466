package org.nvmftarget.data.tcp;

import org.nvmftarget.model.TransportAddress;

/**
 * Who is connected to whom.
 *
 * @param listener as declared
 * @param local that the host reached
 * @param peer the host, for people
 */
record ConnectionInfo(TransportAddress listener, TransportAddress local, String peer) {}
