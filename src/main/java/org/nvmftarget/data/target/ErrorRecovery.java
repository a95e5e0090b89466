package org.nvmftarget.data.target;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nsid;

/**
 * Feature 05h of one controller, for each namespace: a time limit for recovery, which devices here do not need, and
 * DULBE, whether reading a deallocated block is an error.
 */
final class ErrorRecovery implements ControllerFeature {

    private record Setting(Namespace namespace, int value) {}

    private final Map<Integer, Setting> settings = new HashMap<>();
    /** The namespaces with DULBE; replaced as a whole, for I/O on any reactor. */
    private volatile int[] dulbe = {};

    @Override
    public int capabilities() {
        return NAMESPACE_SPECIFIC | CHANGEABLE;
    }

    @Override
    public int set(Command c) {
        int value = Sqe.cdw11(c.sqe()) & Feature.ERROR_RECOVERY_BITS;
        if (c.nsid() == Nsid.BROADCAST) {
            return setAll(c, value);
        }
        Namespace ns = namespace(c);
        if (ns == null) {
            return c.invalidNamespace();
        }
        if (!isPossible(ns, value)) {
            return c.invalidField(Sqe.CDW11 + 2);
        }
        settings.put(ns.nsid, new Setting(ns, value));
        publish();
        return Status.SUCCESS;
    }

    private int setAll(Command c, int value) {
        for (Namespace ns : c.pair().seen().namespaces()) {
            if (!isPossible(ns, value)) {
                return c.invalidField(Sqe.CDW11 + 2);
            }
        }
        for (Namespace ns : c.pair().seen().namespaces()) {
            settings.put(ns.nsid, new Setting(ns, value));
        }
        publish();
        return Status.SUCCESS;
    }

    private static @Nullable Namespace namespace(Command c) {
        return c.pair().seen().namespace(c.nsid());
    }

    private static boolean isPossible(Namespace ns, int value) {
        return (value & Feature.DULBE) == 0 || ns.bdev.traits().knowsUnmapped();
    }

    @Override
    public int get(Command c, boolean afterReset) {
        Namespace ns = namespace(c);
        if (ns == null) {
            return c.invalidNamespace();
        }
        Setting setting = settings.get(ns.nsid);
        c.result(afterReset || setting == null ? 0 : setting.value());
        return Status.SUCCESS;
    }

    @Override
    public void reset() {
        settings.clear();
        publish();
    }

    /** What was set for a namespace goes with it. */
    void viewChanged(ControllerView now) {
        boolean gone = settings.values().removeIf(setting -> {
            Namespace ns = now.namespace(setting.namespace().nsid);
            return ns == null || !ns.isSame(setting.namespace());
        });
        if (gone) {
            publish();
        }
    }

    private void publish() {
        dulbe = settings.values().stream()
                .filter(s -> (s.value() & Feature.DULBE) != 0)
                .mapToInt(s -> s.namespace().nsid)
                .toArray();
    }

    /** Whether reading a deallocated block of this namespace is an error; for every reactor. */
    boolean isDulbe(int nsid) {
        for (int enabled : dulbe) {
            if (enabled == nsid) {
                return true;
            }
        }
        return false;
    }
}
