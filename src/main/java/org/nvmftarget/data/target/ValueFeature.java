package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/** A feature that is a number of 32 bits, of which some are defined: the target keeps it, and nothing depends on it. */
final class ValueFeature implements ControllerFeature {

    private final int defined;
    private int value;

    /** @param defined the bits that there are; a host that sets others sees them cleared */
    ValueFeature(int defined) {
        this.defined = defined;
    }

    @Override
    public int capabilities() {
        return CHANGEABLE;
    }

    @Override
    public int set(Command c) {
        value = Sqe.cdw11(c.sqe()) & defined;
        return Status.SUCCESS;
    }

    @Override
    public int get(Command c, boolean afterReset) {
        c.result(afterReset ? 0 : value & 0xFFFF_FFFFL);
        return Status.SUCCESS;
    }

    @Override
    public void reset() {
        value = 0;
    }
}
