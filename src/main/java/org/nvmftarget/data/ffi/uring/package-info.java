/**
 * Bindings of io_uring ({@code linux/io_uring.h}), by the three raw system calls and a mapping of the rings. liburing
 * would save some two hundred lines and cost a package that operators' machines do not have; what of it is more than
 * setting fields of an entry is the ring's memory order, which stands in one class here, {@link
 * org.nvmftarget.data.ffi.uring.Ring}. The kernel's structures are the same on every architecture.
 *
 * <p>A ring has entries and completions of one size. Plain reads and writes need the small ones; commands to a driver, as
 * NVMe passthrough has them, need the big ones ({@link org.nvmftarget.data.ffi.uring.Ring#openForCommands}). So who passes
 * commands has a second ring for them, made when the first is to be passed: files and block devices go on with entries of one
 * cache line, and pay nothing for what they do not use.
 *
 * <p>Threads: a ring belongs to one thread, which opens it, uses it and closes it. Memory that an entry names must live
 * until its completion has been seen: the caller vouches for that; everything else is checked before the kernel sees it.
 *
 * <p>Imports {@code ffi} and {@code ffi.libc}.
 */
@NullMarked
package org.nvmftarget.data.ffi.uring;

import org.jspecify.annotations.NullMarked;
