/**
 * A small NVMe/TCP host for tests, on plain sockets. It has its own encoding of everything, so that an error in the
 * target's is seen. A queue's answers are read on a thread of its own. Imports nothing of this project.
 */
@NullMarked
package org.nvmftarget.initiator;

import org.jspecify.annotations.NullMarked;
