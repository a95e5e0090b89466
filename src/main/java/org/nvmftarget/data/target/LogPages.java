package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.BdevStats;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.DiscoveryLog;
import org.nvmftarget.data.nvme.ErrorLogEntry;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nsid;

/** Get Log Page (NVMe Base specification 2.0, section 5.16). Reading beyond a page's end gives zeroes. */
final class LogPages {
    private LogPages() {}

    private static final Execution GET = LogPages::get;

    private static final int INVALID_FIELD = Status.INVALID_FIELD | Status.DNR;

    static int parse(Command c) {
        long length = LogPage.lengthBytes(c.sqe());
        if (length > Integer.MAX_VALUE) {
            return INVALID_FIELD;
        }
        c.plan(GET, Command.Scope.ADMIN, Direction.CONTROLLER_TO_HOST, (int) length);
        return AdminCommands.checkLength(c);
    }

    private static int get(Command c) {
        long offset = LogPage.offset(c.sqe());
        int lid = LogPage.lid(c.sqe());
        if (lid == LogPage.COMMAND_EFFECTS && LogPage.csi(c.sqe()) != Identify.CSI_NVM) {
            return Status.INVALID_LOG_PAGE | Status.DNR;
        }
        if (lid == LogPage.SMART && c.nsid() != 0 && c.nsid() != Nsid.BROADCAST && namespace(c) == null) {
            return Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
        }
        MemorySegment page = c.controller().isDiscovery() ? discoveryPage(c, lid) : ioPage(c, lid);
        if (page == null) {
            return Status.INVALID_LOG_PAGE | Status.DNR;
        }
        if (offset < 0 || offset > page.byteSize() || (offset & 3) != 0) {
            return INVALID_FIELD;
        }
        MemorySegment to = c.buffer().fill((byte) 0);
        MemorySegment.copy(page, offset, to, 0, Math.min(to.byteSize(), page.byteSize() - offset));
        if (!LogPage.rae(c.sqe())) {
            wasRead(c.controller(), lid);
        }
        return Status.SUCCESS;
    }

    private static void wasRead(Controller controller, int lid) {
        if (lid == LogPage.CHANGED_NAMESPACES) {
            controller.events().clearChanged();
        } else if (lid == LogPage.ANA) {
            controller.events().unmask(AsyncEvent.ANA_CHANGED);
        } else if (lid == LogPage.DISCOVERY) {
            controller.events().unmask(AsyncEvent.DISCOVERY_CHANGED);
        }
    }

    private static @Nullable Namespace namespace(Command c) {
        return c.pair().seen().namespace(c.nsid());
    }

    private static @Nullable MemorySegment discoveryPage(Command c, int lid) {
        return switch (lid) {
            case LogPage.SUPPORTED -> {
                MemorySegment page = zeroed(LogPage.SUPPORTED_BYTES);
                LogPage.encodeSupported(page, LogPage.SUPPORTED, LogPage.ERROR, LogPage.DISCOVERY);
                Wire.putU16(page, LogPage.DISCOVERY * 4L + 2, DiscoveryLog.SUPPORTED_PARAMETERS);
                yield page;
            }
            case LogPage.ERROR -> errorPage(c.controller());
            case LogPage.DISCOVERY -> discoveryLog(c);
            default -> null;
        };
    }

    private static @Nullable MemorySegment ioPage(Command c, int lid) {
        return switch (lid) {
            case LogPage.SUPPORTED -> {
                MemorySegment page = zeroed(LogPage.SUPPORTED_BYTES);
                LogPage.encodeSupported(
                        page,
                        LogPage.SUPPORTED,
                        LogPage.ERROR,
                        LogPage.SMART,
                        LogPage.FIRMWARE_SLOT,
                        LogPage.CHANGED_NAMESPACES,
                        LogPage.COMMAND_EFFECTS,
                        LogPage.ANA);
                yield page;
            }
            case LogPage.ERROR -> errorPage(c.controller());
            case LogPage.SMART -> smartPage(c);
            case LogPage.FIRMWARE_SLOT -> {
                MemorySegment page = zeroed(LogPage.FIRMWARE_SLOT_BYTES);
                LogPage.encodeFirmwareSlot(page, Firmware.REVISION);
                yield page;
            }
            case LogPage.CHANGED_NAMESPACES -> {
                MemorySegment page = zeroed(LogPage.CHANGED_NAMESPACES_BYTES);
                c.controller().events().encodeChanged(page);
                yield page;
            }
            case LogPage.COMMAND_EFFECTS -> {
                MemorySegment page = zeroed(LogPage.COMMAND_EFFECTS_BYTES);
                LogPage.encodeEffects(page);
                yield page;
            }
            case LogPage.ANA -> anaPage(c);
            default -> null;
        };
    }

    private static MemorySegment discoveryLog(Command c) {
        DiscoveryLog log = c.controller().discoveryLog(LogPage.lsp(c.sqe()));
        MemorySegment page = zeroed(log.lengthBytes());
        log.encode(page);
        return page;
    }

    private static MemorySegment anaPage(Command c) {
        boolean groupsOnly = (LogPage.lsp(c.sqe()) & AnaLog.LSP_GROUPS_ONLY) != 0;
        AnaLog log = c.controller().ana().page(groupsOnly);
        MemorySegment page = zeroed(log.lengthBytes());
        log.encode(page);
        return page;
    }

    private static MemorySegment errorPage(Controller controller) {
        MemorySegment page = zeroed(ErrorLog.ENTRIES * ErrorLogEntry.BYTES);
        controller.errors().encode(page);
        return page;
    }

    private static MemorySegment smartPage(Command c) {
        Namespace one = namespace(c);
        Collection<Namespace> all = one == null ? c.pair().seen().namespaces() : List.of(one);
        long readBytes = 0;
        long writeBytes = 0;
        long reads = 0;
        long writes = 0;
        for (Namespace ns : all) {
            BdevStats stats = ns.bdev.stats();
            readBytes += stats.readBytes();
            writeBytes += stats.writeBytes();
            reads += stats.reads();
            writes += stats.writes();
        }
        MemorySegment page = zeroed(LogPage.SMART_BYTES);
        LogPage.encodeSmart(
                page,
                readBytes,
                writeBytes,
                reads,
                writes,
                c.controller().errors().count());
        return page;
    }

    private static MemorySegment zeroed(int lengthBytes) {
        return MemorySegment.ofArray(new byte[lengthBytes]);
    }
}
