/**
 * NVMe drives of the machine: where Linux has their namespaces, what a drive says of itself, and its health. For control
 * threads; what a drive has said is immutable.
 *
 * <p>Imports {@code model}, {@code nvme} (what the pages mean) and {@code ffi.libc}.
 */
@NullMarked
package org.nvmftarget.data.drive;

import org.jspecify.annotations.NullMarked;
