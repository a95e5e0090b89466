package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.BdevStats;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.SmartLog;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nsid;

/**
 * SMART / Health Information, log page 02h, of all the namespaces that the controller has or of one. What is counted
 * begins with the target's start; the time on which I/O was under way is that of the busiest reactor. Of drives that take
 * their commands as they are, what they say of their health is in it.
 */
final class HealthLog implements LogSource {

    static final HealthLog SOURCE = new HealthLog();

    private HealthLog() {}

    @Override
    public boolean isPerNamespace() {
        return true;
    }

    @Override
    public int check(Command c) {
        boolean all = c.nsid() == 0 || c.nsid() == Nsid.BROADCAST;
        return all || namespace(c) != null ? Status.SUCCESS : c.invalidNamespace();
    }

    private static @Nullable Namespace namespace(Command c) {
        return c.pair().seen().namespace(c.nsid());
    }

    @Override
    public MemorySegment page(Command c) {
        Namespace one = namespace(c);
        Collection<Namespace> all = one == null ? c.pair().seen().namespaces() : List.of(one);
        long readBytes = 0;
        long writeBytes = 0;
        long reads = 0;
        long writes = 0;
        Health health = Health.of(all);
        for (Namespace ns : all) {
            BdevStats stats = ns.bdev.stats();
            readBytes += stats.readBytes();
            writeBytes += stats.writeBytes();
            reads += stats.reads();
            writes += stats.writes();
        }
        Controller controller = c.controller();
        long upNs = c.pair().target().upNs(c.pair().reactor().nowNs());
        SmartLog log = new SmartLog(
                controller.features().criticalWarnings(health.kelvin()) | health.warnings(),
                health.kelvin(),
                health.wear(),
                readBytes,
                writeBytes,
                reads,
                writes,
                TimeUnit.NANOSECONDS.toMinutes(controller.subsystem().busyNs()),
                TimeUnit.NANOSECONDS.toHours(upNs),
                controller.errors().mediaErrors() + health.mediaErrors(),
                controller.errors().count());
        MemorySegment page = LogPages.zeroed(SmartLog.BYTES);
        log.encode(page);
        return page;
    }

    @Override
    public void wasRead(Command c) {
        c.controller().events().unmask(AsyncEvent.TEMPERATURE);
    }
}
