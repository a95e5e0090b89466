package org.nvmftarget.data.tcp;

import org.nvmftarget.model.TransportAddress;

/**
 * Who is connected to whom.
 *
 * @param listener as declared
 * @param local that the host reached
 * @param peer the host's own
 */
record ConnectionInfo(TransportAddress listener, TransportAddress local, TransportAddress peer) {}
