/**
 * Simulated NVMe/RDMA hosts over {@code org.nvmftarget.verbs}, which find fault with the target: a command that is
 * answered twice, or not at all on a queue that stands; data that are wrong, or come after their response; a key that is
 * used after it was taken back, or not made invalid though the host asked. Like {@code org.nvmftarget.initiator}, whose
 * commands they send, they have their own encoding of everything.
 *
 * <p>Imports {@code org.nvmftarget.verbs} and {@code org.nvmftarget.initiator}.
 */
@NullMarked
package org.nvmftarget.verbs.host;

import org.jspecify.annotations.NullMarked;
