package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Reservation;
import org.nvmftarget.data.nvme.ReservationStatus;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.Registrant;
import org.nvmftarget.data.reservation.ReservationCommand;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.data.reservation.Reservations;

/** Reservation Register, Acquire, Release and Report (NVMe Base specification 2.0, sections 7.2 to 7.5). */
final class ReservationCommands {
    private ReservationCommands() {}

    private static final Execution CHANGE = ReservationCommands::change;
    private static final Execution REPORT = ReservationCommands::report;

    /** Hosts send more than the keys that a command has: Linux 16 bytes with every one of them. */
    private static final int MAX_KEYS_BYTES = 4096;

    /** Plans a reservation command; another I/O command is none that there is. */
    static int parse(Command c) {
        return switch (c.opcode()) {
            case Opcode.RESERVATION_REGISTER, Opcode.RESERVATION_ACQUIRE -> planChange(c, Reservation.TWO_KEYS_BYTES);
            case Opcode.RESERVATION_RELEASE -> planChange(c, Reservation.ONE_KEY_BYTES);
            case Opcode.RESERVATION_REPORT -> planReport(c);
            default -> c.refuse(Status.INVALID_OPCODE, Sqe.OPCODE);
        };
    }

    private static int planChange(Command c, int keysBytes) {
        int sglBytes = c.request.sglLengthBytes();
        if (sglBytes < keysBytes || sglBytes > MAX_KEYS_BYTES) {
            return Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        }
        c.plan(CHANGE, Command.Scope.NAMESPACE, Direction.HOST_TO_CONTROLLER, sglBytes);
        return Status.SUCCESS;
    }

    private static int planReport(Command c) {
        if (!Reservation.isExtended(c.sqe())) {
            return c.refuse(Status.HOSTID_INCONSISTENT_FORMAT, Sqe.CDW11); // every host here has 128 bits
        }
        long length = Reservation.reportLengthBytes(c.sqe());
        if (length > Integer.MAX_VALUE) {
            return c.invalidField(Sqe.CDW10);
        }
        c.plan(REPORT, Command.Scope.NAMESPACE, Direction.CONTROLLER_TO_HOST, (int) length);
        return AdminCommands.checkLength(c);
    }

    private static int change(Command c) {
        int status = IoCommands.revalidate(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        NamespaceChanges changes = c.pair().target().changes();
        ReservationCommand command = switch (c.opcode()) {
            case Opcode.RESERVATION_REGISTER -> register(c, changes.isDurable());
            case Opcode.RESERVATION_ACQUIRE -> acquire(c);
            default -> release(c);
        };
        if (command == null) {
            return c.invalidField(Sqe.CDW10);
        }
        HostId host = c.controller().hostId();
        return changes.submit(c, c.namespace(), StateChange.of(command, host));
    }

    private static @Nullable ReservationCommand register(Command c, boolean durable) {
        Boolean ptpl;
        switch (Reservation.cptpl(c.sqe())) {
            case Reservation.PTPL_UNCHANGED -> ptpl = null;
            case Reservation.PTPL_CLEARED -> ptpl = false;
            case Reservation.PTPL_SET -> ptpl = true;
            default -> {
                return null;
            }
        }
        if (Boolean.TRUE.equals(ptpl) && !durable) {
            return null;
        }
        boolean ignoreKey = Reservation.ignoresExistingKey(c.sqe());
        long current = currentKey(c);
        long newKey = secondKey(c);
        return switch (Reservation.action(c.sqe())) {
            case Reservation.REGISTER -> new ReservationCommand.Register(newKey, ptpl);
            case Reservation.UNREGISTER -> new ReservationCommand.Unregister(current, ignoreKey, ptpl);
            case Reservation.REPLACE -> new ReservationCommand.Replace(current, newKey, ignoreKey, ptpl);
            default -> null;
        };
    }

    private static @Nullable ReservationCommand acquire(Command c) {
        ReservationType type = ReservationType.of(Reservation.rtype(c.sqe()));
        if (type == null || Reservation.ignoresExistingKey(c.sqe())) {
            return null;
        }
        long current = currentKey(c);
        return switch (Reservation.action(c.sqe())) {
            case Reservation.ACQUIRE -> new ReservationCommand.Acquire(current, type);
            case Reservation.PREEMPT -> new ReservationCommand.Preempt(current, secondKey(c), type, false);
            case Reservation.PREEMPT_AND_ABORT -> new ReservationCommand.Preempt(current, secondKey(c), type, true);
            default -> null;
        };
    }

    private static @Nullable ReservationCommand release(Command c) {
        if (Reservation.ignoresExistingKey(c.sqe())) {
            return null;
        }
        long current = currentKey(c);
        ReservationType type = ReservationType.of(Reservation.rtype(c.sqe()));
        return switch (Reservation.action(c.sqe())) {
            case Reservation.RELEASE -> type == null ? null : new ReservationCommand.Release(current, type);
            case Reservation.CLEAR -> new ReservationCommand.Clear(current);
            default -> null;
        };
    }

    private static long currentKey(Command c) {
        return Reservation.currentKey(c.request.data(), c.request.dataOffset());
    }

    private static long secondKey(Command c) {
        return Reservation.secondKey(c.request.data(), c.request.dataOffset());
    }

    /** What the host asks for less of than there is, is cut off; what it asks for more of is zeroes. */
    private static int report(Command c) {
        int status = IoCommands.revalidate(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        MemorySegment page = page(c.namespace().state.reservations());
        MemorySegment to = c.buffer().fill((byte) 0);
        MemorySegment.copy(page, 0, to, 0, Math.min(to.byteSize(), page.byteSize()));
        return Status.SUCCESS;
    }

    private static MemorySegment page(Reservations now) {
        int count = now.registrants().size();
        MemorySegment page = MemorySegment.ofArray(
                new byte[ReservationStatus.HEADER_BYTES + count * ReservationStatus.REGISTRANT_BYTES]);
        ReservationType type = now.type();
        ReservationStatus.encodeHeader(page, now.generation(), type == null ? 0 : type.code(), count, now.ptpl());
        long at = ReservationStatus.HEADER_BYTES;
        for (Registrant r : now.registrants()) {
            HostId host = r.host();
            ReservationStatus.encodeRegistrant(page, at, now.isHolder(host), r.key(), host.high(), host.low());
            at += ReservationStatus.REGISTRANT_BYTES;
        }
        return page;
    }
}
