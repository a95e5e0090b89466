/**
 * The reservations of one namespace (NVMe Base specification 2.0, chapter "Reservations") as values: {@link
 * org.nvmftarget.data.reservation.Reservations} is what hosts have registered and reserved, a {@link
 * org.nvmftarget.data.reservation.ReservationCommand} makes the next of it and says who must be told, and an {@link
 * org.nvmftarget.data.reservation.AccessGuard} is what an I/O command is checked against. Pure: no clock, no I/O, no
 * thread; safe on every one. Imports {@code nvme} for status codes.
 */
@NullMarked
package org.nvmftarget.data.reservation;

import org.jspecify.annotations.NullMarked;
