package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/** Feature 06h: switched off, every write of this controller is stable before it completes, as if it had FUA. */
final class WriteCache implements ControllerFeature {

    private volatile boolean off;

    @Override
    public int capabilities() {
        return CHANGEABLE;
    }

    @Override
    public int set(Command c) {
        off = (Sqe.cdw11(c.sqe()) & Feature.WRITE_CACHE_ENABLE) == 0;
        return Status.SUCCESS;
    }

    @Override
    public int get(Command c, boolean afterReset) {
        c.result(off && !afterReset ? 0 : Feature.WRITE_CACHE_ENABLE);
        return Status.SUCCESS;
    }

    @Override
    public void reset() {
        off = false;
    }

    /** For every reactor. */
    boolean isOff() {
        return off;
    }
}
