package org.nvmftarget.data.nvme;

/**
 * Asynchronous events (NVMe Base specification 2.0, section 5.2): DW0 has the type in bits 2:0, what happened in 15:8,
 * and the log page to read in 23:16.
 */
public final class AsyncEvent {
    private AsyncEvent() {}

    private static final int TYPE_NOTICE = 2;
    private static final int TYPE_IO_COMMAND_SPECIFIC = 6;

    /** Namespaces were added, removed or changed: read log page 04h. */
    public static final int NAMESPACE_CHANGED = dw0(0x00, LogPage.CHANGED_NAMESPACES);

    /** There are reservation notifications: read log page 80h. No bit of feature 0Bh is for it, but feature 82h. */
    public static final int RESERVATION_LOG_AVAILABLE =
            TYPE_IO_COMMAND_SPECIFIC | LogPage.RESERVATION_NOTIFICATION << 16;

    /** The ANA log page of this controller changed: read log page 0Ch. */
    public static final int ANA_CHANGED = dw0(0x03, LogPage.ANA);

    /** The discovery log changed: read log page 70h. */
    public static final int DISCOVERY_CHANGED = dw0(0xF0, LogPage.DISCOVERY);

    // Bits of OAES and of feature 0Bh
    public static final int CONFIG_NAMESPACE_CHANGED = 1 << 8;
    public static final int CONFIG_ANA_CHANGED = 1 << 11;
    public static final int CONFIG_DISCOVERY_CHANGED = 1 << 31;

    /** Feature 0Bh bits 7:0: critical warnings of SMART, which this target never raises. */
    public static final int CONFIG_SMART_MASK = 0xFF;

    private static int dw0(int information, int logPage) {
        return TYPE_NOTICE | information << 8 | logPage << 16;
    }
}
