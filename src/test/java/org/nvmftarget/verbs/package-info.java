/**
 * RDMA in software, for tests: what {@code data.ffi.verbs} hands out, with the semantics of the InfiniBand specification
 * and of librdmacm, on machines that have neither. A {@code World} is the clock, the dice and all threads at once: it
 * runs reactors, a helper thread, the devices and the network one event after another, from a seed, so that a run can be
 * repeated. Faults are asked for by {@code Faults}, or come as events do (a device is removed, a host vanishes). What a
 * program must never do (touch a buffer that a device has, free one, use what is closed, leave something open) ends the
 * run as a violation.
 *
 * <p>{@code SoftRdma} and its fellows are the side that is tested; {@code HostLink} and {@code HostMemory} are the other
 * end of a connection.
 *
 * <p>Imports {@code data.ffi.verbs} and {@code data.reactor}.
 */
@NullMarked
package org.nvmftarget.verbs;

import org.jspecify.annotations.NullMarked;
