/**
 * The C library's calls that the data plane needs: sockets, epoll, eventfd, files, CPU affinity. Bindings and nothing else.
 * Safe on every thread. Every call returns what C returned, or the negated errno: no exception tells of an error.
 * Pointers are segments where a call is rare, and plain addresses where it is on the way of an I/O, so that nothing is
 * allocated; then the caller vouches that the memory lives through the call. Imports {@code ffi} alone.
 */
@NullMarked
package org.nvmftarget.data.ffi.libc;

import org.jspecify.annotations.NullMarked;
