package org.nvmftarget.data.nvme;

/** Feature identifiers and their fields (NVMe Base specification 2.0, section 5.27.1). */
public final class Feature {
    private Feature() {}

    public static final int ARBITRATION = 0x01;
    public static final int POWER_MANAGEMENT = 0x02;
    public static final int TEMPERATURE_THRESHOLD = 0x04;
    public static final int ERROR_RECOVERY = 0x05;
    public static final int VOLATILE_WRITE_CACHE = 0x06;
    public static final int NUMBER_OF_QUEUES = 0x07;
    public static final int WRITE_ATOMICITY = 0x0A;
    public static final int ASYNC_EVENT_CONFIGURATION = 0x0B;
    public static final int KEEP_ALIVE_TIMER = 0x0F;
    public static final int HOST_IDENTIFIER = 0x81;
    public static final int RESERVATION_NOTIFICATION_MASK = 0x82;
    public static final int RESERVATION_PERSISTENCE = 0x83;
    public static final int NAMESPACE_WRITE_PROTECTION = 0x84;

    /** CDW10 bit 31 of Set Features: keep the value over a reset. */
    public static final int SAVE = 1 << 31;

    /** CDW11 bit 0 of feature 81h: 128 bits. */
    public static final int EXTENDED_HOST_IDENTIFIER = 1;

    public static final int HOST_IDENTIFIER_BYTES = 16;
}
