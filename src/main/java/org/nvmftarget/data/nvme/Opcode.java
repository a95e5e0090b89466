package org.nvmftarget.data.nvme;

/**
 * Opcodes of admin, I/O and fabrics commands (NVMe Base specification 2.0, sections 3.1.2 and 5; NVM Command Set 1.0,
 * section 3). Bits 1:0 of an opcode tell the way of its data.
 */
public final class Opcode {
    private Opcode() {}

    // Admin
    public static final int GET_LOG_PAGE = 0x02;
    public static final int IDENTIFY = 0x06;
    public static final int ABORT = 0x08;
    public static final int SET_FEATURES = 0x09;
    public static final int GET_FEATURES = 0x0A;
    public static final int ASYNC_EVENT_REQUEST = 0x0C;
    public static final int KEEP_ALIVE = 0x18;

    // NVM
    public static final int FLUSH = 0x00;
    public static final int WRITE = 0x01;
    public static final int READ = 0x02;
    public static final int WRITE_UNCORRECTABLE = 0x04;
    public static final int COMPARE = 0x05;
    public static final int WRITE_ZEROES = 0x08;
    public static final int DATASET_MANAGEMENT = 0x09;
    public static final int VERIFY = 0x0C;
    public static final int RESERVATION_REGISTER = 0x0D;
    public static final int RESERVATION_REPORT = 0x0E;
    public static final int RESERVATION_ACQUIRE = 0x11;
    public static final int RESERVATION_RELEASE = 0x15;
    public static final int COPY = 0x19;

    /** Whether an I/O command names its first block in CDW10 and CDW11. */
    public static boolean hasLba(int opcode) {
        return switch (opcode) {
            case READ, WRITE, WRITE_UNCORRECTABLE, COMPARE, WRITE_ZEROES, VERIFY, COPY -> true;
            default -> false;
        };
    }

    /** Every fabrics command; its FCTYPE says which. */
    public static final int FABRICS = 0x7F;

    // FCTYPE
    public static final int FABRICS_PROPERTY_SET = 0x00;
    public static final int FABRICS_CONNECT = 0x01;
    public static final int FABRICS_PROPERTY_GET = 0x04;
    public static final int FABRICS_AUTH_SEND = 0x05;
    public static final int FABRICS_AUTH_RECEIVE = 0x06;
    public static final int FABRICS_DISCONNECT = 0x08;
}
