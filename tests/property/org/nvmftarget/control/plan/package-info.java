/**
 * Properties of every plan, checked by an interpreter of steps that knows nothing of the planner. May import the
 * planner and {@code model}.
 */
@NullMarked
package org.nvmftarget.control.plan;

import org.jspecify.annotations.NullMarked;
