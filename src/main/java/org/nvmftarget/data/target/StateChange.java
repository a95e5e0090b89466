package org.nvmftarget.data.target;

import java.util.List;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.data.reservation.Notice;
import org.nvmftarget.data.reservation.Outcome;
import org.nvmftarget.data.reservation.ReservationCommand;

/** What a command makes of a namespace's state. */
@FunctionalInterface
interface StateChange {

    Result apply(NamespaceState now);

    /**
     * @param status other than success: nothing changes
     * @param notices whom to tell, unless masked
     * @param preempted hosts whose I/O to the namespace is aborted, or has ended by itself, before the command ends
     * @param drains all I/O to the namespace that began before has ended before the command goes on
     */
    record Result(int status, NamespaceState next, List<Notice> notices, List<HostId> preempted, boolean drains) {

        static Result done(NamespaceState next) {
            return new Result(Status.SUCCESS, next, List.of(), List.of(), false);
        }

        static Result refused(int status, NamespaceState same) {
            return new Result(status, same, List.of(), List.of(), false);
        }
    }

    /** A reservation command of {@code host}. */
    static StateChange of(ReservationCommand command, HostId host) {
        return now -> {
            Outcome o = command.apply(now.reservations(), host);
            return new Result(o.status(), now.with(o.next()), o.notices(), o.preempted(), false);
        };
    }
}
