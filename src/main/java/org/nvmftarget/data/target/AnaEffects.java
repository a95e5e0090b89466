package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nsid;

/**
 * What ANA states do to Get Features and Set Features (NVMe Base specification 2.0, section 8.1; NVM Command Set 1.0,
 * section 5.1). Other admin commands work in every state; of I/O commands {@link IoAccess} knows.
 */
final class AnaEffects {
    private AnaEffects() {}

    /** A status other than success ends the command. */
    static int onGetFeatures(Command c) {
        ControllerView.Attached found = c.pair().seen().find(c.nsid());
        return found != null && isUnavailable(c) ? found.pathStatus : Status.SUCCESS;
    }

    /** A status other than success ends the command. */
    static int onSetFeatures(Command c) {
        ControllerView seen = c.pair().seen();
        if (c.nsid() == Nsid.BROADCAST) {
            return seen.broadcastStatus();
        }
        ControllerView.Attached found = seen.find(c.nsid());
        if (found == null) {
            return Status.SUCCESS;
        }
        return isUnavailable(c) || found.anaState == AnaLog.PERSISTENT_LOSS ? found.pathStatus : Status.SUCCESS;
    }

    /** Features of a namespace that cannot be had where the namespace is not reached. */
    private static boolean isUnavailable(Command c) {
        return switch (Feature.fid(c.sqe())) {
            case Feature.ERROR_RECOVERY, Feature.RESERVATION_NOTIFICATION_MASK, Feature.RESERVATION_PERSISTENCE -> true;
            default -> false;
        };
    }
}
