package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;

/** Feature 16h: what the host can cope with. It is kept and given back; this controller asks nothing of its hosts. */
final class HostBehavior implements ControllerFeature {

    private int advancedRetry;
    private int extendedTelemetry;
    private int extendedFormats;

    @Override
    public int capabilities() {
        return CHANGEABLE;
    }

    @Override
    public int dataBytes(Command c) {
        return Feature.HOST_BEHAVIOR_BYTES;
    }

    @Override
    public int set(Command c) {
        MemorySegment data = c.buffer();
        int retry = Wire.u8(data, Feature.HOST_BEHAVIOR_ACRE);
        int telemetry = Wire.u8(data, Feature.HOST_BEHAVIOR_ETDAS);
        int formats = Wire.u8(data, Feature.HOST_BEHAVIOR_LBAFEE);
        if (retry > 1 || telemetry > 1 || formats > 1) {
            return Status.INVALID_FIELD | Status.DNR; // in the data, which the error log has no location for
        }
        advancedRetry = retry;
        extendedTelemetry = telemetry;
        extendedFormats = formats;
        return Status.SUCCESS;
    }

    @Override
    public int get(Command c, boolean afterReset) {
        MemorySegment data = c.buffer().fill((byte) 0);
        if (!afterReset) {
            Wire.putU8(data, Feature.HOST_BEHAVIOR_ACRE, advancedRetry);
            Wire.putU8(data, Feature.HOST_BEHAVIOR_ETDAS, extendedTelemetry);
            Wire.putU8(data, Feature.HOST_BEHAVIOR_LBAFEE, extendedFormats);
        }
        return Status.SUCCESS;
    }

    @Override
    public void reset() {
        advancedRetry = 0;
        extendedTelemetry = 0;
        extendedFormats = 0;
    }
}
