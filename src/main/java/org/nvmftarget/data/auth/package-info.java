/**
 * DH-HMAC-CHAP (NVMe Base specification 2.0, section 8.13) without its queues: keys and the files that hold them, the
 * computations, and the conversation of one queue as a state machine over messages. A secret is never part of a text, a
 * message or an exception. No thread but that of {@link org.nvmftarget.data.auth.KeyFileWatch}; computations block for up
 * to tens of milliseconds and do not belong on a reactor. Imports {@code nvme} for the wire formats and {@code model}.
 */
@NullMarked
package org.nvmftarget.data.auth;

import org.jspecify.annotations.NullMarked;
