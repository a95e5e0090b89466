package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;

/** The small features that stand for something of the controller. */
final class ControllerFeatures {
    private ControllerFeatures() {}

    /** Feature 0Fh: the keep-alive timer, in milliseconds. */
    record KeepAliveTimer(Controller controller) implements ControllerFeature {
        @Override
        public int capabilities() {
            return CHANGEABLE;
        }

        @Override
        public int set(Command c) {
            controller.keepAlive().set(Sqe.cdw11(c.sqe()));
            return Status.SUCCESS;
        }

        @Override
        public int get(Command c, boolean afterReset) {
            KeepAlive keepAlive = controller.keepAlive();
            c.result((afterReset ? keepAlive.granted(Feature.DEFAULT_KATO_MS) : keepAlive.grantedMs()) & 0xFFFF_FFFFL);
            return Status.SUCCESS;
        }
    }

    /** Feature 0Bh: which events the host wants to be told of. */
    record EventConfiguration(Controller controller) implements ControllerFeature {
        @Override
        public int capabilities() {
            return CHANGEABLE;
        }

        @Override
        public int set(Command c) {
            return controller.events().config(Sqe.cdw11(c.sqe())) ? Status.SUCCESS : c.invalidField(Sqe.CDW11);
        }

        @Override
        public int get(Command c, boolean afterReset) {
            AsyncEvents events = controller.events();
            c.result((afterReset ? events.supported() : events.config()) & 0xFFFF_FFFFL);
            return Status.SUCCESS;
        }
    }

    /** Feature 81h: the host identifier of Connect, which alone sets it. */
    record HostIdentifier(Controller controller) implements ControllerFeature {
        @Override
        public int capabilities() {
            return 0;
        }

        @Override
        public int dataBytes(Command c) {
            return isExtended(c) ? Feature.HOST_IDENTIFIER_BYTES : Feature.HOST_IDENTIFIER_BYTES / 2;
        }

        private static boolean isExtended(Command c) {
            return (Sqe.cdw11(c.sqe()) & Feature.EXTENDED_HOST_IDENTIFIER) != 0;
        }

        @Override
        public int set(Command c) {
            return c.refuse(Status.COMMAND_SEQUENCE_ERROR, Sqe.CDW10);
        }

        @Override
        public int get(Command c, boolean afterReset) {
            if (!isExtended(c)) {
                return c.invalidField(Sqe.CDW11);
            }
            Wire.putBigEndian128(
                    c.buffer(),
                    0,
                    controller.identity().hostIdHigh(),
                    controller.identity().hostIdLow());
            return Status.SUCCESS;
        }
    }

    /** Feature 02h: there is one power state, and a hint that is kept. */
    static final class PowerManagement implements ControllerFeature {
        private int value;

        @Override
        public int capabilities() {
            return CHANGEABLE;
        }

        @Override
        public int set(Command c) {
            int wanted = Sqe.cdw11(c.sqe()) & Feature.POWER_BITS;
            if ((wanted & Feature.POWER_STATE_MASK) != 0) {
                return c.invalidField(Sqe.CDW11);
            }
            value = wanted;
            return Status.SUCCESS;
        }

        @Override
        public int get(Command c, boolean afterReset) {
            c.result(afterReset ? 0 : value);
            return Status.SUCCESS;
        }

        @Override
        public void reset() {
            value = 0;
        }
    }

    /** Feature 07h. A host may ask for less and use less; it is granted what there is. */
    record NumberOfQueues(Controller controller) implements ControllerFeature {
        private static final int TOO_MANY = 0xFFFF;

        @Override
        public int capabilities() {
            return CHANGEABLE;
        }

        @Override
        public int set(Command c) {
            int submission = Sqe.cdw11(c.sqe()) & 0xFFFF;
            int completion = Sqe.cdw11(c.sqe()) >>> 16;
            if (submission == TOO_MANY) {
                return c.invalidField(Sqe.CDW11);
            }
            if (completion == TOO_MANY) {
                return c.invalidField(Sqe.CDW11 + 2);
            }
            return controller.hasIoQueues() ? c.refuse(Status.COMMAND_SEQUENCE_ERROR, Sqe.CDW10) : get(c, false);
        }

        /** Both numbers, zero-based. */
        @Override
        public int get(Command c, boolean afterReset) {
            long n = controller.maxIoQueues() - 1L;
            c.result(n | n << 16);
            return Status.SUCCESS;
        }
    }
}
