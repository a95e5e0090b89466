/**
 * The target core: subsystems, controllers, queue pairs, the execution of commands, and the small interface of
 * operations that both transports implement ({@link org.nvmftarget.data.target.Transport},
 * {@link org.nvmftarget.data.target.Connection}, {@link org.nvmftarget.data.target.Request}). A queue pair runs on its
 * reactor; {@code TargetControl} may be called from any thread. Imports {@code model}, {@code nvme}, {@code bdev},
 * {@code drive} and {@code reactor}.
 */
@NullMarked
package org.nvmftarget.data.target;

import org.jspecify.annotations.NullMarked;
