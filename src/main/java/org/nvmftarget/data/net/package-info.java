/**
 * The machine's addresses: as text and back, whether they are there, and the news that they or the RDMA devices have
 * changed, which the acceptor hears. For both transports. Imports {@code model}, {@code reactor} and {@code ffi.libc}.
 */
@NullMarked
package org.nvmftarget.data.net;

import org.jspecify.annotations.NullMarked;
