package org.nvmftarget.data.target;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reservation.AccessGuard;
import org.nvmftarget.data.reservation.NamespaceState;

/** What a reservation or write protection forbids; most namespaces have none. For the I/O way: allocates nothing. */
final class NamespaceGuard {

    private static final int CONFLICT = Status.RESERVATION_CONFLICT | Status.DNR;

    private final @Nullable AccessGuard reserved;
    private final boolean writeProtected;

    private NamespaceGuard(@Nullable AccessGuard reserved, boolean writeProtected) {
        this.reserved = reserved;
        this.writeProtected = writeProtected;
    }

    /** Null if everyone may do everything. */
    static @Nullable NamespaceGuard of(NamespaceState state) {
        AccessGuard reserved = state.reservations().guard();
        return reserved == null && !state.isWriteProtected()
                ? null
                : new NamespaceGuard(reserved, state.isWriteProtected());
    }

    /** A status other than success ends the host's command. */
    int check(IoAccess.Kind kind, ConnectData host) {
        AccessGuard r = reserved;
        return switch (kind) {
            case NONE -> Status.SUCCESS;
            case READ -> r == null || r.admitsRead(host.hostIdHigh(), host.hostIdLow()) ? Status.SUCCESS : CONFLICT;
            default -> {
                if (r != null && !r.admitsWrite(host.hostIdHigh(), host.hostIdLow())) {
                    yield CONFLICT;
                }
                yield writeProtected && kind != IoAccess.Kind.FLUSH
                        ? Status.NAMESPACE_IS_WRITE_PROTECTED | Status.DNR
                        : Status.SUCCESS;
            }
        };
    }
}
