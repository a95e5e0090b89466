/**
 * The command line: one class per command, exit statuses, and the only place that wires control plane and data plane
 * together, ends the process, or writes to the standard streams. May import everything.
 */
@NullMarked
package org.nvmftarget.cli;

import org.jspecify.annotations.NullMarked;
