package org.nvmftarget.data.target;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.BdevOp;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.data.reservation.Notice;
import org.nvmftarget.data.reservation.ReservationCommand;
import org.nvmftarget.data.reservation.WriteProtection;
import org.nvmftarget.model.Nsid;

/**
 * The features of a namespace that all its controllers share (NVMe Base specification 2.0, sections 5.27.1.26 to
 * 5.27.1.28). A controller's reset does not touch them.
 */
final class NamespaceFeatures {
    private NamespaceFeatures() {}

    /** One of them: a number in CDW11 and DW0, which is 0 by default. */
    abstract static sealed class Shared implements ControllerFeature {

        /** The change to {@code value}; null if there is no such value. */
        abstract @Nullable StateChange change(Command c, int value);

        abstract int value(NamespaceState state);

        @Override
        public int capabilities() {
            return NAMESPACE_SPECIFIC | CHANGEABLE;
        }

        @Override
        public int set(Command c) {
            StateChange change = change(c, Sqe.cdw11(c.sqe()));
            if (change == null) {
                return c.invalidField(Sqe.CDW11);
            }
            return c.nsid() == Nsid.BROADCAST ? setAll(c, change) : setOne(c, change);
        }

        int setAll(Command c, StateChange change) {
            return setNext(c, null, change);
        }

        int setOne(Command c, StateChange change) {
            Namespace ns = c.pair().seen().namespace(c.nsid());
            return ns == null
                    ? c.invalidNamespace()
                    : c.pair().target().changes().submit(c, ns, change);
        }

        /** Every namespace, one after the other; one that goes meanwhile ends it. */
        private static int setNext(Command c, @Nullable Namespace last, StateChange change) {
            Namespace ns = c.pair().seen().namespaceAfter(last == null ? 0 : last.nsid);
            if (ns == null) {
                return Status.SUCCESS;
            }
            return c.pair().target().changes().submit(c, ns, change, (command, done) -> setNext(command, done, change));
        }

        @Override
        public int get(Command c, boolean afterReset) {
            if (c.nsid() == Nsid.BROADCAST) {
                return c.invalidField(Sqe.NSID);
            }
            Namespace ns = c.pair().seen().namespace(c.nsid());
            if (ns == null) {
                return c.invalidNamespace();
            }
            c.result(afterReset ? 0 : value(ns.state));
            return Status.SUCCESS;
        }
    }

    /** 82h: the notifications that no one gets, bits 3:1. */
    static final class NotificationMask extends Shared {

        private static final int ALL = Notice.Kind.REGISTRATION_PREEMPTED.maskBit()
                | Notice.Kind.RESERVATION_RELEASED.maskBit()
                | Notice.Kind.RESERVATION_PREEMPTED.maskBit();

        @Override
        @Nullable
        StateChange change(Command c, int value) {
            return (value & ~ALL) != 0 ? null : now -> StateChange.Result.done(now.withNotificationMask(value));
        }

        @Override
        int value(NamespaceState state) {
            return state.notificationMask();
        }
    }

    /** 83h: whether registrants and reservation persist through power loss, bit 0. */
    static final class Persistence extends Shared {

        private static final int PTPL = 1;

        @Override
        @Nullable
        StateChange change(Command c, int value) {
            boolean persist = (value & PTPL) != 0;
            if ((value & ~PTPL) != 0 || (persist && !c.pair().target().changes().isDurable())) {
                return null;
            }
            return StateChange.of(
                    new ReservationCommand.Persist(persist), c.controller().hostId());
        }

        @Override
        int value(NamespaceState state) {
            return state.reservations().ptpl() ? PTPL : 0;
        }
    }

    /** 84h: write protection, bits 2:0. */
    static final class Protection extends Shared {

        @Override
        @Nullable
        StateChange change(Command c, int value) {
            WriteProtection wanted = WriteProtection.of(value);
            return wanted == null ? null : now -> protect(now, wanted);
        }

        /** Section 8.12: what lasts until the next power cycle lasts until then. */
        private static StateChange.Result protect(NamespaceState now, WriteProtection wanted) {
            if (now.protection() == WriteProtection.UNTIL_POWER_CYCLE && wanted != now.protection()) {
                return StateChange.Result.refused(Status.FEATURE_NOT_CHANGEABLE | Status.DNR, now);
            }
            boolean drains = wanted != WriteProtection.NONE;
            return new StateChange.Result(Status.SUCCESS, now.with(wanted), List.of(), List.of(), drains);
        }

        @Override
        int setAll(Command c, StateChange change) {
            return c.invalidNamespace();
        }

        @Override
        int setOne(Command c, StateChange change) {
            Namespace ns = c.pair().seen().namespace(c.nsid());
            return ns == null
                    ? c.invalidNamespace()
                    : c.pair().target().changes().submit(c, ns, change, Protection::makeStable);
        }

        /** No write is under way any more: what was written becomes stable before the host hears of the protection. */
        private static int makeStable(Command c, Namespace namespace) {
            ControllerView seen = c.pair().seen();
            Namespace now = seen.namespace(namespace.nsid);
            if (now == null || !namespace.isSame(now)) {
                return c.invalidNamespace();
            }
            if (!now.state.isWriteProtected()) {
                return Status.SUCCESS;
            }
            c.validated(seen, now);
            return c.submitOnce(BdevOp.FLUSH, 0, 0, 0);
        }

        @Override
        int value(NamespaceState state) {
            return state.protection().code();
        }
    }
}
