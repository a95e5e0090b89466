package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Status;

/** The log pages that say what a controller supports: commands (05h), features (12h), management commands (13h). */
final class SupportLogs {
    private SupportLogs() {}

    static final LogSource COMMANDS = new Commands();

    static final LogSource FEATURES = c -> {
        MemorySegment page = LogPages.zeroed(LogPage.FEATURE_EFFECTS_BYTES);
        c.controller().features().encodeEffects(page);
        return page;
    };

    /** There are none. */
    static final LogSource MANAGEMENT_COMMANDS = c -> LogPages.zeroed(LogPage.MANAGEMENT_EFFECTS_BYTES);

    private static final class Commands implements LogSource {
        @Override
        public int check(Command c) {
            return LogPage.csi(c.sqe()) == Identify.CSI_NVM
                    ? Status.SUCCESS
                    : c.refuse(Status.INVALID_LOG_PAGE, LogPage.CSI);
        }

        @Override
        public MemorySegment page(Command c) {
            MemorySegment page = LogPages.zeroed(LogPage.COMMAND_EFFECTS_BYTES);
            CommandEffects.encode(page);
            return page;
        }
    }
}
