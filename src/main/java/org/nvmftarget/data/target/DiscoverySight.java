package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.DiscoveryLog;

/** What a discovery controller's host has been told of the log; on the controller's admin reactor. */
final class DiscoverySight {

    private final DiscoveryView view;
    private long told;

    DiscoverySight(DiscoveryView view) {
        this.view = view;
        told = view.refresh();
    }

    /** Whether the log is another one than when it was last looked at here. */
    boolean moved() {
        return moved(view.refresh());
    }

    /** The same, where {@code generation} has just been seen. */
    boolean moved(long generation) {
        boolean moved = generation != told;
        told = generation;
        return moved;
    }

    /** @param lsp the command's log specific field */
    DiscoveryLog log(int lsp) {
        return view.log((lsp & DiscoveryLog.LSP_EXTENDED) != 0, (lsp & DiscoveryLog.LSP_PORT_LOCAL) != 0);
    }
}
