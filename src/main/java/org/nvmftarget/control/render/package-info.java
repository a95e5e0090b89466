/**
 * Plans, states and problems as text, JSON and YAML. Pure functions on every thread; imports {@code control.plan} and
 * {@code model}, Jackson and java-diff-utils.
 */
@NullMarked
package org.nvmftarget.control.render;

import org.jspecify.annotations.NullMarked;
