/**
 * Makes the target what the accepted spec says, and keeps it so: live → accepted → plan → execute → verify → retry.
 * Runs on the control thread. Imports {@code admit}, {@code plan}, {@code render}, {@code config} and {@code model};
 * reaches the target through {@code TargetControl} alone.
 */
@NullMarked
package org.nvmftarget.control.reconcile;

import org.jspecify.annotations.NullMarked;
