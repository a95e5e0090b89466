package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;

/** Set Features and Get Features (NVMe Base specification 2.0, sections 5.15 and 5.27), on the admin reactor. */
final class Features {

    private static final Execution SET = c -> c.controller().features().set(c);
    private static final Execution GET = c -> c.controller().features().get(c);
    private static final Execution GET_HOST_ID = c -> c.controller().features().getHostId(c);

    private static final int INVALID = Status.INVALID_FIELD | Status.DNR;
    private static final int DULBE = 1 << 16;
    private static final int POWER_STATE_MASK = 0x1F;
    private static final int SELECT_MASK = 7 << 8;
    private static final int MAX_KELVIN = 0xFFFF;

    private final Controller controller;
    private int arbitration;
    private int temperatureThreshold = MAX_KELVIN;
    private int errorRecovery;
    private int writeAtomicity;
    /** The namespaces with DULBE; replaced as a whole. */
    private volatile int[] dulbe = {};

    Features(Controller controller) {
        this.controller = controller;
    }

    /** Controller reset: nothing here is saved. */
    void reset() {
        arbitration = 0;
        temperatureThreshold = MAX_KELVIN;
        errorRecovery = 0;
        writeAtomicity = 0;
        dulbe = new int[0];
    }

    /**
     * Whether the host wants an error from reading a deallocated block of this namespace (Error Recovery, DULBE); for
     * every reactor.
     */
    boolean dulbe(int nsid) {
        for (int enabled : dulbe) {
            if (enabled == nsid) {
                return true;
            }
        }
        return false;
    }

    static int parseSet(Command c) {
        if (fid(c) == Feature.HOST_IDENTIFIER) {
            return Status.COMMAND_SEQUENCE_ERROR | Status.DNR; // Connect has set it
        }
        c.plan(SET, Command.Scope.ADMIN, Direction.NONE, 0);
        return Status.SUCCESS;
    }

    static int parseGet(Command c) {
        if (fid(c) != Feature.HOST_IDENTIFIER) {
            c.plan(GET, Command.Scope.ADMIN, Direction.NONE, 0);
            return Status.SUCCESS;
        }
        if ((Sqe.cdw11(c.sqe()) & Feature.EXTENDED_HOST_IDENTIFIER) == 0) {
            return INVALID;
        }
        c.plan(GET_HOST_ID, Command.Scope.ADMIN, Direction.CONTROLLER_TO_HOST, Feature.HOST_IDENTIFIER_BYTES);
        return AdminCommands.checkLength(c);
    }

    private static int fid(Command c) {
        return Sqe.cdw10(c.sqe()) & 0xFF;
    }

    private int set(Command c) {
        if ((Sqe.cdw10(c.sqe()) & Feature.SAVE) != 0) {
            return Status.FEATURE_NOT_SAVEABLE | Status.DNR;
        }
        int value = Sqe.cdw11(c.sqe());
        return switch (fid(c)) {
            case Feature.KEEP_ALIVE_TIMER -> setKeepAlive(value);
            case Feature.ASYNC_EVENT_CONFIGURATION -> controller.events().config(value) ? Status.SUCCESS : INVALID;
            default -> controller.isDiscovery() ? INVALID : setIo(c, value);
        };
    }

    private int setIo(Command c, int value) {
        switch (fid(c)) {
            case Feature.NUMBER_OF_QUEUES -> {
                return setQueues(c, value);
            }
            case Feature.ARBITRATION -> arbitration = value;
            case Feature.TEMPERATURE_THRESHOLD -> temperatureThreshold = value & MAX_KELVIN;
            case Feature.WRITE_ATOMICITY -> writeAtomicity = value & 1;
            case Feature.ERROR_RECOVERY -> {
                if ((value & DULBE) != 0) {
                    return INVALID;
                }
                errorRecovery = value;
            }
            case Feature.POWER_MANAGEMENT -> {
                return (value & POWER_STATE_MASK) == 0 ? Status.SUCCESS : INVALID;
            }
            case Feature.VOLATILE_WRITE_CACHE -> {
                return (value & 1) != 0 ? Status.SUCCESS : Status.FEATURE_NOT_CHANGEABLE | Status.DNR;
            }
            default -> {
                return INVALID;
            }
        }
        return Status.SUCCESS;
    }

    private int setKeepAlive(int valueMs) {
        controller.keepAlive().set(valueMs);
        return Status.SUCCESS;
    }

    private int setQueues(Command c, int value) {
        int submission = value & 0xFFFF;
        int completion = value >>> 16;
        if (submission == 0xFFFF || completion == 0xFFFF) {
            return INVALID;
        }
        c.result(queues());
        return Status.SUCCESS;
    }

    /** Both numbers, zero-based. A host may ask for less and use less; it is granted what there is. */
    private long queues() {
        long n = controller.maxIoQueues() - 1L;
        return n | n << 16;
    }

    private int get(Command c) {
        if ((Sqe.cdw10(c.sqe()) & SELECT_MASK) != 0) {
            return INVALID;
        }
        switch (fid(c)) {
            case Feature.KEEP_ALIVE_TIMER -> c.result(controller.keepAlive().grantedMs() & 0xFFFF_FFFFL);
            case Feature.ASYNC_EVENT_CONFIGURATION ->
                c.result(controller.events().config() & 0xFFFF_FFFFL);
            default -> {
                return controller.isDiscovery() ? INVALID : getIo(c);
            }
        }
        return Status.SUCCESS;
    }

    private int getIo(Command c) {
        switch (fid(c)) {
            case Feature.NUMBER_OF_QUEUES -> c.result(queues());
            case Feature.ARBITRATION -> c.result(arbitration & 0xFFFF_FFFFL);
            case Feature.TEMPERATURE_THRESHOLD -> c.result(temperatureThreshold);
            case Feature.ERROR_RECOVERY -> c.result(errorRecovery & 0xFFFF_FFFFL);
            case Feature.WRITE_ATOMICITY -> c.result(writeAtomicity);
            case Feature.POWER_MANAGEMENT -> c.result(0);
            case Feature.VOLATILE_WRITE_CACHE -> c.result(1);
            default -> {
                return INVALID;
            }
        }
        return Status.SUCCESS;
    }

    private int getHostId(Command c) {
        Wire.putBigEndian128(
                c.buffer(),
                0,
                controller.identity().hostIdHigh(),
                controller.identity().hostIdLow());
        return Status.SUCCESS;
    }
}
