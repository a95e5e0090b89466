/**
 * From another target's saved configuration to a spec, and to a list of all that no spec can say. Pure functions of the
 * texts, so safe on every thread. May import {@code config} (which judges what it makes), {@code render} and {@code
 * model}.
 */
@NullMarked
package org.nvmftarget.control.imports;

import org.jspecify.annotations.NullMarked;
