/**
 * Event loops, one thread each, and the messages between them. A queue belongs to one reactor from its creation to its
 * destruction. Imports {@code ffi} alone.
 */
@NullMarked
package org.nvmftarget.data.reactor;

import org.jspecify.annotations.NullMarked;
