package org.nvmftarget.data.target;

import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/**
 * Feature 06h: switched off, every write of this controller is stable before it completes, as if it had FUA. A controller
 * without a volatile cache does not have the feature (NVMe Base specification 2.0, section 5.27.1.4). Hosts look at that
 * once, and send no flushes then, so it stays what it was when the host connected: a device with a cache that comes later
 * is written to as if the cache were off.
 */
final class WriteCache implements ControllerFeature {

    private volatile boolean present = true;
    private volatile boolean off;

    /** The host has connected and sees {@code first}: without namespaces as yet, there may be a cache. */
    void viewBegins(ControllerView first) {
        boolean any = false;
        boolean cached = false;
        for (Namespace ns : first.namespaces()) {
            any = true;
            cached |= ns.bdev.hasVolatileCache();
        }
        present = cached || !any;
    }

    boolean isPresent() {
        return present;
    }

    @Override
    public int capabilities() {
        return CHANGEABLE;
    }

    @Override
    public int set(Command c) {
        if (!present) {
            return c.invalidField(Sqe.CDW10);
        }
        off = (Sqe.cdw11(c.sqe()) & Feature.WRITE_CACHE_ENABLE) == 0;
        return Status.SUCCESS;
    }

    @Override
    public int get(Command c, boolean afterReset) {
        if (!present) {
            return c.invalidField(Sqe.CDW10);
        }
        c.result(off && !afterReset ? 0 : Feature.WRITE_CACHE_ENABLE);
        return Status.SUCCESS;
    }

    @Override
    public void reset() {
        off = false;
    }

    /** Whether a write to {@code bdev} has to be stable before it completes; for every reactor. */
    boolean isBypassed(Bdev bdev) {
        return off || (!present && bdev.hasVolatileCache());
    }
}
