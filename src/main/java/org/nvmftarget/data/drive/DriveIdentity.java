package org.nvmftarget.data.drive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.nvmftarget.data.nvme.IdentifyController;
import org.nvmftarget.data.nvme.IdentifyNamespace;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.LiveState;

/** Who a drive says that it is. */
final class DriveIdentity {

    private static final long VID = 0;

    private DriveIdentity() {}

    /**
     * @param controller Identify, CNS 01h
     * @param namespace CNS 00h
     */
    static LiveState.Drive of(
            int nsid,
            String address,
            MemorySegment controller,
            MemorySegment namespace,
            LiveState.Preferred preferred) {
        return new LiveState.Drive(
                address,
                Wire.u16(controller, VID),
                text(controller, IdentifyController.MN, IdentifyController.MN_BYTES),
                text(controller, IdentifyController.SN, IdentifyController.SN_BYTES),
                text(controller, IdentifyController.FR, IdentifyController.FR_BYTES),
                Wire.u16(controller, IdentifyController.CNTLID),
                Wire.u32(controller, IdentifyController.VER),
                Wire.u16(controller, IdentifyController.OACS),
                Wire.u8(controller, IdentifyController.CMIC),
                text(controller, IdentifyController.SUBNQN, IdentifyController.SUBNQN_BYTES),
                nsid,
                (Wire.u8(namespace, IdentifyNamespace.NMIC) & IdentifyNamespace.NMIC_SHARED) != 0,
                preferred);
    }

    /** Up to a zero, without the blanks around it; what is not printable is a question mark. */
    private static String text(MemorySegment page, long offset, int bytes) {
        byte[] field = page.asSlice(offset, bytes).toArray(ValueLayout.JAVA_BYTE);
        String all = new String(field, StandardCharsets.ISO_8859_1);
        int end = all.indexOf(0);
        return (end < 0 ? all : all.substring(0, end)).strip().replaceAll("[^ -~]", "?");
    }
}
