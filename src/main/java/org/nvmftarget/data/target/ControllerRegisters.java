package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.Property;

/**
 * CC and CSTS of a controller, and the way between them (NVMe Base specification 2.0, sections 3.1.3.5, 3.1.3.6 and
 * 3.6). Guarded by its controller.
 */
final class ControllerRegisters {

    /** What a write to CC began. */
    enum Event {
        NOTHING,
        ENABLED,
        /** CC.EN went to 0. */
        RESET,
        SHUTDOWN
    }

    private final boolean discovery;
    private int cc;
    private int csts;
    private boolean resetting;
    private boolean shuttingDown;
    private boolean failed;

    /** @param discovery the controller has no I/O queues, whose entries' sizes would matter */
    ControllerRegisters(boolean discovery) {
        this.discovery = discovery;
    }

    int cc() {
        return cc;
    }

    int csts() {
        return csts;
    }

    Event write(int value) {
        int old = cc;
        cc = value;
        boolean enabled = (value & Property.CC_EN) != 0;
        boolean wasEnabled = (old & Property.CC_EN) != 0;
        Event event = Event.NOTHING;
        if (enabled && !wasEnabled) {
            enable();
            event = Event.ENABLED;
        } else if (wasEnabled && !enabled) {
            resetting = true;
            event = Event.RESET;
        }
        if ((value & Property.CC_SHN_MASK) != 0 && (old & Property.CC_SHN_MASK) == 0) {
            shuttingDown = true;
            csts = (csts & ~Property.CSTS_SHST_MASK) | Property.CSTS_SHST_OCCURRING;
            event = event == Event.RESET ? Event.RESET : Event.SHUTDOWN;
        }
        return event;
    }

    private void enable() {
        resetting = false;
        shuttingDown = false;
        boolean sizes = discovery
                || ((cc >>> Property.CC_IOSQES_SHIFT & 0xF) == 6 && (cc >>> Property.CC_IOCQES_SHIFT & 0xF) == 4);
        boolean known = (cc & (Property.CC_CSS_MASK | Property.CC_MPS_MASK | Property.CC_AMS_MASK)) == 0;
        csts = sizes && known ? Property.CSTS_RDY : Property.CSTS_CFS;
    }

    /** The last I/O queue is gone, which completes a reset and a shutdown. */
    void settle() {
        if (resetting) {
            resetting = false;
            csts &= Property.CSTS_SHST_MASK;
        }
        if (shuttingDown) {
            shuttingDown = false;
            csts = (csts & ~Property.CSTS_SHST_MASK) | Property.CSTS_SHST_COMPLETE;
        }
    }

    /** The controller has come to its end. */
    void fail() {
        csts |= Property.CSTS_CFS;
        failed = true;
    }

    /** Enabled and without a fault: takes admin commands. */
    boolean isReady() {
        return !failed && !resetting && (csts & Property.CSTS_RDY) != 0 && (csts & Property.CSTS_CFS) == 0;
    }

    /** Ready, and neither shut down nor about to be: takes I/O queues. */
    boolean takesQueues() {
        return isReady() && (csts & Property.CSTS_SHST_MASK) == 0;
    }

    boolean isResetting() {
        return resetting;
    }

    /** The host has said good-bye: it will not come back under this controller's id. */
    boolean isShutDown() {
        return (csts & Property.CSTS_SHST_MASK) != 0;
    }
}
