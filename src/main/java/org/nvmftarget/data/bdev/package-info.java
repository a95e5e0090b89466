/**
 * Block devices: memory, files and the machine's own. A {@link org.nvmftarget.data.bdev.BdevIo} is submitted on any
 * reactor and completes on that same reactor; what must be atomic between reactors is locked inside the device. Create,
 * resize, inspect and close are for control threads.
 *
 * <p>Each device is behind a {@link org.nvmftarget.data.bdev.LimitedBdev}, which has a gate on each reactor.
 *
 * <p>A file or block device is a {@link org.nvmftarget.data.bdev.DiskBdev}. Each reactor has a {@code DiskLane} for all of
 * them, with a ring of io_uring, or, where the system forbids that, with threads. Memory that transports keep data in (the
 * reactor's {@code DataMemory}) is registered with the ring, so that disk and network use the same pages without a copy.
 *
 * <p>A namespace of an NVMe drive is a {@code DiskBdev}, too: where the system lets us, what would be read and written goes
 * to the drive as its own commands, by a second ring that is made when the first drive is opened. Files and block devices
 * go on with the first one, whose entries are half as large: beside a look at which of them it is, drives cost them nothing.
 *
 * <p>Imports {@code model}, {@code drive}, {@code nvme}, {@code reactor}, {@code ffi.libc} and {@code ffi.uring}.
 */
@NullMarked
package org.nvmftarget.data.bdev;

import org.jspecify.annotations.NullMarked;
