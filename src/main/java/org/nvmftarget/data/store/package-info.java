/**
 * Keeps in the state folder what hosts have set on namespaces, and how large files and block devices were: {@link
 * org.nvmftarget.data.store.FileNamespaceStore} is a {@link org.nvmftarget.data.target.NamespaceStore}, {@link
 * org.nvmftarget.data.store.FileDiskMemory} a {@link org.nvmftarget.data.bdev.DiskMemory}. Runs on helper threads and on
 * the control thread, since it blocks. Imports {@code target}, {@code bdev}, {@code reservation} and {@code model}.
 *
 * <p>One file for each namespace or device for which there is something to keep, {@code NAME.json}, where NAME is derived
 * from all that makes it the one that it is. A file appears by fsync and rename, so that a crash leaves the old
 * one or the new one; what begins with {@code .tmp-} is the rest of a crash and is ignored. {@code NAME.json.bad-N} is
 * one that could not be read.
 */
@NullMarked
package org.nvmftarget.data.store;

import org.jspecify.annotations.NullMarked;
