package org.nvmftarget.data.reservation;

import java.util.List;
import org.nvmftarget.data.nvme.Status;

/**
 * What a reservation command comes to.
 *
 * @param status {@link Status#SUCCESS}, or why nothing changes
 * @param next what is reserved from then on
 * @param notices whom to tell of it
 * @param preempted hosts whose commands end, where the command says Preempt and Abort
 */
public record Outcome(int status, Reservations next, List<Notice> notices, List<HostId> preempted) {

    public Outcome {
        notices = List.copyOf(notices);
        preempted = List.copyOf(preempted);
    }

    /** The command fails; all stays as it was. */
    static Outcome refused(int status, Reservations same) {
        return new Outcome(status | Status.DNR, same, List.of(), List.of());
    }

    /** The command succeeds, and no one else need know. */
    static Outcome done(Reservations next) {
        return new Outcome(Status.SUCCESS, next, List.of(), List.of());
    }
}
