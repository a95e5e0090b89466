package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.DiscoveryLog;
import org.nvmftarget.data.nvme.ErrorLogEntry;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nsid;

/**
 * Get Log Page (NVMe Base specification 2.0, section 5.16): which pages there are, and what is the same for all of
 * them. Reading beyond a page's end gives zeroes.
 */
final class LogPages {
    private LogPages() {}

    private static final Execution GET = LogPages::get;

    private static final LogSource SUPPORTED = LogPages::supported;
    private static final LogSource ERROR = new Errors();
    private static final LogSource SELF_TEST = LogPages::selfTest;
    private static final LogSource FIRMWARE_SLOT = LogPages::firmwareSlot;

    /** The pages of a controller of an NVM subsystem. */
    private static @Nullable LogSource io(int lid) {
        return switch (lid) {
            case LogPage.SUPPORTED -> SUPPORTED;
            case LogPage.ERROR -> ERROR;
            case LogPage.SMART -> HealthLog.SOURCE;
            case LogPage.FIRMWARE_SLOT -> FIRMWARE_SLOT;
            case LogPage.CHANGED_NAMESPACES -> new ChangedNamespaces();
            case LogPage.COMMAND_EFFECTS -> SupportLogs.COMMANDS;
            case LogPage.SELF_TEST -> SELF_TEST;
            case LogPage.FEATURE_EFFECTS -> SupportLogs.FEATURES;
            case LogPage.MANAGEMENT_EFFECTS -> SupportLogs.MANAGEMENT_COMMANDS;
            case LogPage.ANA -> new Ana();
            case LogPage.RESERVATION_NOTIFICATION -> ReservationNotices.SOURCE;
            default -> null;
        };
    }

    /** The pages of a discovery controller. */
    private static @Nullable LogSource discovery(int lid) {
        return switch (lid) {
            case LogPage.SUPPORTED -> SUPPORTED;
            case LogPage.ERROR -> ERROR;
            case LogPage.FEATURE_EFFECTS -> SupportLogs.FEATURES;
            case LogPage.MANAGEMENT_EFFECTS -> SupportLogs.MANAGEMENT_COMMANDS;
            case LogPage.DISCOVERY -> new Discovered();
            default -> null;
        };
    }

    private static @Nullable LogSource source(Command c, int lid) {
        return c.controller().isDiscovery() ? discovery(lid) : io(lid);
    }

    static int parse(Command c) {
        long length = LogPage.lengthBytes(c.sqe());
        if (length > Integer.MAX_VALUE) {
            return c.invalidField(LogPage.NUMDL);
        }
        c.plan(GET, Command.Scope.ADMIN, Direction.CONTROLLER_TO_HOST, (int) length);
        return AdminCommands.checkLength(c);
    }

    private static int get(Command c) {
        LogSource source = source(c, LogPage.lid(c.sqe()));
        if (source == null) {
            return c.refuse(Status.INVALID_LOG_PAGE, Sqe.CDW10);
        }
        if (!source.isPerNamespace() && c.nsid() != 0 && c.nsid() != Nsid.BROADCAST) {
            return c.invalidField(Sqe.NSID);
        }
        int status = source.check(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        MemorySegment page = source.page(c);
        long offset = offset(c, source);
        if (offset < 0 || offset > page.byteSize()) {
            return c.invalidField(Sqe.CDW12);
        }
        MemorySegment to = c.buffer().fill((byte) 0);
        MemorySegment.copy(page, offset, to, 0, Math.min(to.byteSize(), page.byteSize() - offset));
        if (!LogPage.rae(c.sqe())) {
            source.wasRead(c);
        }
        return Status.SUCCESS;
    }

    /** In bytes; negative if there is no such offset. */
    private static long offset(Command c, LogSource source) {
        long offset = LogPage.offset(c.sqe());
        if (!LogPage.isIndexOffset(c.sqe())) {
            return (offset & 3) == 0 ? offset : -1;
        }
        boolean fits = source.entryBytes() > 0 && offset >= 0 && offset <= Integer.MAX_VALUE;
        return fits ? offset * source.entryBytes() : -1;
    }

    static MemorySegment zeroed(int lengthBytes) {
        return MemorySegment.ofArray(new byte[lengthBytes]);
    }

    private static MemorySegment supported(Command c) {
        MemorySegment page = zeroed(LogPage.SUPPORTED_BYTES);
        for (int lid = 0; lid < LogPage.IDENTIFIERS; lid++) {
            LogSource source = source(c, lid);
            if (source != null) {
                LogPage.encodeSupported(page, lid, source.entryBytes() > 0, source.parameters());
            }
        }
        return page;
    }

    private static MemorySegment selfTest(Command c) {
        MemorySegment page = zeroed(LogPage.SELF_TEST_BYTES);
        LogPage.encodeSelfTest(page);
        return page;
    }

    private static MemorySegment firmwareSlot(Command c) {
        MemorySegment page = zeroed(LogPage.FIRMWARE_SLOT_BYTES);
        LogPage.encodeFirmwareSlot(page, Firmware.REVISION);
        return page;
    }

    private static final class Errors implements LogSource {
        @Override
        public MemorySegment page(Command c) {
            MemorySegment page = zeroed(ErrorLog.BYTES);
            c.controller().errors().encode(page);
            return page;
        }

        @Override
        public int entryBytes() {
            return ErrorLogEntry.BYTES;
        }
    }

    private static final class ChangedNamespaces implements LogSource {
        @Override
        public MemorySegment page(Command c) {
            MemorySegment page = zeroed(LogPage.CHANGED_NAMESPACES_BYTES);
            c.controller().events().encodeChanged(page);
            return page;
        }

        @Override
        public void wasRead(Command c) {
            c.controller().events().clearChanged();
        }
    }

    private static final class Ana implements LogSource {
        @Override
        public MemorySegment page(Command c) {
            boolean groupsOnly = (LogPage.lsp(c.sqe()) & AnaLog.LSP_GROUPS_ONLY) != 0;
            AnaLog log = c.controller().ana().page(groupsOnly);
            // Hosts reckon its size from Identify Controller, and nvme-cli reads it in pieces up to there.
            MemorySegment page =
                    zeroed(AnaLog.mostBytes(c.pair().part().view().spec.maxNamespaces()));
            log.encode(page);
            return page;
        }

        @Override
        public void wasRead(Command c) {
            c.controller().events().unmask(AsyncEvent.ANA_CHANGED);
        }
    }

    private static final class Discovered implements LogSource {
        @Override
        public MemorySegment page(Command c) {
            DiscoveryLog log = c.controller().discoveryLog(LogPage.lsp(c.sqe()));
            MemorySegment page = zeroed(log.lengthBytes());
            log.encode(page);
            return page;
        }

        @Override
        public int parameters() {
            return DiscoveryLog.SUPPORTED_PARAMETERS;
        }

        @Override
        public void wasRead(Command c) {
            c.controller().events().unmask(AsyncEvent.DISCOVERY_CHANGED);
        }
    }
}
