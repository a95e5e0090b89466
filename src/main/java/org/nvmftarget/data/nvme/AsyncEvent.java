package org.nvmftarget.data.nvme;

/**
 * Asynchronous events (NVMe Base specification 2.0, section 5.2): DW0 has the type in bits 2:0, what happened in 15:8,
 * and the log page to read in 23:16.
 */
public final class AsyncEvent {
    private AsyncEvent() {}

    // Types
    private static final int SMART = 1;
    private static final int NOTICE = 2;
    private static final int IO_COMMAND_SPECIFIC = 6;

    /** The temperature crossed a threshold: read log page 02h. */
    public static final int TEMPERATURE = dw0(SMART, 0x01, LogPage.SMART);

    /** Namespaces were added, removed or changed: read log page 04h. */
    public static final int NAMESPACE_CHANGED = dw0(NOTICE, 0x00, LogPage.CHANGED_NAMESPACES);

    /** There are reservation notifications: read log page 80h. No bit of feature 0Bh is for it, but feature 82h. */
    public static final int RESERVATION_LOG_AVAILABLE =
            dw0(IO_COMMAND_SPECIFIC, 0x00, LogPage.RESERVATION_NOTIFICATION);

    /** The ANA log page of this controller changed: read log page 0Ch. */
    public static final int ANA_CHANGED = dw0(NOTICE, 0x03, LogPage.ANA);

    /** The discovery log changed: read log page 70h. */
    public static final int DISCOVERY_CHANGED = dw0(NOTICE, 0xF0, LogPage.DISCOVERY);

    // Bits of OAES and of feature 0Bh
    public static final int CONFIG_NAMESPACE_CHANGED = 1 << 8;
    public static final int CONFIG_ANA_CHANGED = 1 << 11;
    public static final int CONFIG_DISCOVERY_CHANGED = 1 << 31;

    /** Feature 0Bh bits 7:0: critical warnings of SMART. */
    public static final int CONFIG_SMART_MASK = 0xFF;

    private static int dw0(int type, int information, int logPage) {
        return type | information << 8 | logPage << 16;
    }
}
