/**
 * Decides what the target should be: file → validate → settle → guards and consent → accepted spec N+1. Runs on a
 * thread of its own and never touches the target. Imports {@code config}, {@code plan}, {@code render} and
 * {@code model}.
 */
@NullMarked
package org.nvmftarget.control.admit;

import org.jspecify.annotations.NullMarked;
