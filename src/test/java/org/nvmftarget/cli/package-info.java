/** Tests of the commands: in this process with captured streams, and the daemon as a process of its own. */
@NullMarked
package org.nvmftarget.cli;

import org.jspecify.annotations.NullMarked;
