package org.nvmftarget.data.reservation;

/**
 * What hosts have set on a namespace, immutable.
 *
 * @param notificationMask feature 82h: notifications that no one gets, by {@link Notice.Kind#maskBit}
 */
public record NamespaceState(Reservations reservations, int notificationMask, WriteProtection protection) {

    /** Of a namespace that is new. */
    public static final NamespaceState INITIAL = new NamespaceState(Reservations.NONE, 0, WriteProtection.NONE);

    public boolean isWriteProtected() {
        return protection != WriteProtection.NONE;
    }

    public boolean isMasked(Notice.Kind kind) {
        return (notificationMask & kind.maskBit()) != 0;
    }

    /** What of it is there again after the target has been started anew. */
    public NamespaceState afterRestart() {
        return new NamespaceState(
                reservations.ptpl() ? reservations : Reservations.NONE,
                0,
                protection == WriteProtection.PROTECTED ? protection : WriteProtection.NONE);
    }

    public NamespaceState with(Reservations next) {
        return new NamespaceState(next, notificationMask, protection);
    }

    public NamespaceState withNotificationMask(int next) {
        return new NamespaceState(reservations, next, protection);
    }

    public NamespaceState with(WriteProtection next) {
        return new NamespaceState(reservations, notificationMask, next);
    }
}
