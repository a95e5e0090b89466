/**
 * From what is live and what is declared to an ordered plan, and the guards that judge it. Pure data and functions:
 * no clock, no file, no thread; imports {@code model} alone.
 */
@NullMarked
package org.nvmftarget.control.plan;

import org.jspecify.annotations.NullMarked;
