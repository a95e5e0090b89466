/**
 * Keeps what hosts have set on namespaces in the state folder: {@link org.nvmftarget.data.store.FileNamespaceStore} is
 * a {@link org.nvmftarget.data.target.NamespaceStore}. Runs on helper threads and on the control thread, since it
 * blocks. Imports {@code target}, {@code reservation} and {@code model}.
 *
 * <p>One file for each namespace for which there is something to keep, {@code NAME.json}, where NAME is derived from
 * all that makes the namespace the one that it is. A file appears by fsync and rename, so that a crash leaves the old
 * one or the new one; what begins with {@code .tmp-} is the rest of a crash and is ignored. {@code NAME.json.bad-N} is
 * one that could not be read.
 */
@NullMarked
package org.nvmftarget.data.store;

import org.jspecify.annotations.NullMarked;
