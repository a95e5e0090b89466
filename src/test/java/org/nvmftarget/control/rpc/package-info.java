/** Tests of the RPC server over real sockets, with a hand-made live state behind it. */
@NullMarked
package org.nvmftarget.control.rpc;

import org.jspecify.annotations.NullMarked;
