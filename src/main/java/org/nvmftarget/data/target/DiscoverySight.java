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
        long now = view.refresh();
        boolean moved = now != told;
        told = now;
        return moved;
    }

    /** @param lsp the command's log specific field */
    DiscoveryLog log(int lsp) {
        return view.log((lsp & DiscoveryLog.LSP_EXTENDED) != 0, (lsp & DiscoveryLog.LSP_PORT_LOCAL) != 0);
    }
}
