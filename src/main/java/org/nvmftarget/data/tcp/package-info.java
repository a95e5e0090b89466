/**
 * The NVMe/TCP transport: listeners, connections, the PDUs between them and the core. A listener lives on the acceptor
 * reactor, a connection with everything that it holds on the reactor that it was given at accept; only
 * {@link org.nvmftarget.data.tcp.TcpTransport} is called from the control thread. Imports {@code target}, {@code nvme}
 * (the wire formats of queue entries), {@code reactor}, {@code ffi.libc} and {@code model}.
 */
@NullMarked
package org.nvmftarget.data.tcp;

import org.jspecify.annotations.NullMarked;
