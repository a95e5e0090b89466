/**
 * NVMe and NVMe over Fabrics on the wire: status codes, flyweights over queue entries and SGL descriptors (the hot
 * way), and pages with one {@code encode} each (the cold one). All multi-byte fields are little-endian and may lie
 * unaligned. Pure functions over memory that the caller owns: safe on every thread, no clock, no state. Imports
 * nothing of this project.
 */
@NullMarked
package org.nvmftarget.data.nvme;

import org.jspecify.annotations.NullMarked;
