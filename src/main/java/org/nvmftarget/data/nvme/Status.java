package org.nvmftarget.data.nvme;

/**
 * Completion status: status code type and status code as {@code sct << 8 | sc}, with {@link #DNR} in bit 14 (NVMe Base
 * specification 2.0, section 3.3.3.2.1; command-specific values of NVMe over Fabrics 1.1, section 3.3). Success is 0.
 */
public final class Status {
    private Status() {}

    /** Do Not Retry. Linux gives up reconnecting for good on a status that has it. */
    public static final int DNR = 1 << 14;

    /** More information is in the error log. */
    public static final int MORE = 1 << 13;

    // Generic command status, type 0
    public static final int SUCCESS = 0x000;
    public static final int INVALID_OPCODE = 0x001;
    public static final int INVALID_FIELD = 0x002;
    public static final int COMMAND_ID_CONFLICT = 0x003;
    public static final int DATA_TRANSFER_ERROR = 0x004;
    public static final int INTERNAL_ERROR = 0x006;
    public static final int ABORTED_BY_REQUEST = 0x007;
    public static final int ABORTED_SQ_DELETION = 0x008;

    /** The other command of the pair failed. */
    public static final int ABORTED_FAILED_FUSED = 0x009;

    /** The other command of the pair did not come. */
    public static final int ABORTED_MISSING_FUSED = 0x00A;

    public static final int INVALID_NAMESPACE_OR_FORMAT = 0x00B;
    public static final int COMMAND_SEQUENCE_ERROR = 0x00C;
    public static final int INVALID_SGL_SEGMENT_DESCRIPTOR = 0x00D;
    public static final int INVALID_NUMBER_OF_SGL_DESCRIPTORS = 0x00E;
    public static final int DATA_SGL_LENGTH_INVALID = 0x00F;
    public static final int METADATA_SGL_LENGTH_INVALID = 0x010;
    public static final int SGL_DESCRIPTOR_TYPE_INVALID = 0x011;
    public static final int ATOMIC_WRITE_UNIT_EXCEEDED = 0x014;
    public static final int SGL_OFFSET_INVALID = 0x016;
    public static final int HOSTID_INCONSISTENT_FORMAT = 0x018;
    public static final int KEEP_ALIVE_TIMER_EXPIRED = 0x019;
    public static final int KEEP_ALIVE_TIMEOUT_INVALID = 0x01A;
    public static final int ABORTED_PREEMPT_AND_ABORT = 0x01B;
    public static final int SANITIZE_IN_PROGRESS = 0x01D;
    public static final int NAMESPACE_IS_WRITE_PROTECTED = 0x020;
    public static final int COMMAND_INTERRUPTED = 0x021;
    public static final int TRANSIENT_TRANSPORT_ERROR = 0x022;
    public static final int ADMIN_COMMAND_MEDIA_NOT_READY = 0x024;
    public static final int LBA_OUT_OF_RANGE = 0x080;
    public static final int CAPACITY_EXCEEDED = 0x081;
    public static final int NAMESPACE_NOT_READY = 0x082;
    public static final int RESERVATION_CONFLICT = 0x083;
    public static final int FORMAT_IN_PROGRESS = 0x084;

    // Command specific status, type 1
    public static final int INVALID_QUEUE_IDENTIFIER = 0x101;
    public static final int INVALID_QUEUE_SIZE = 0x102;
    public static final int ABORT_COMMAND_LIMIT_EXCEEDED = 0x103;
    public static final int ASYNC_EVENT_REQUEST_LIMIT_EXCEEDED = 0x105;
    public static final int INVALID_LOG_PAGE = 0x109;
    public static final int FEATURE_NOT_SAVEABLE = 0x10D;
    public static final int FEATURE_NOT_CHANGEABLE = 0x10E;
    public static final int FEATURE_NOT_NAMESPACE_SPECIFIC = 0x10F;
    public static final int INVALID_CONTROLLER_IDENTIFIER = 0x11F;
    public static final int IO_COMMAND_SET_NOT_SUPPORTED = 0x129;
    public static final int INVALID_IO_COMMAND_SET = 0x12C;

    // Of the NVM command set; Connect uses the same numbers
    public static final int INVALID_PROTECTION_INFORMATION = 0x181;
    public static final int WRITE_TO_READ_ONLY_RANGE = 0x182;
    public static final int COMMAND_SIZE_LIMIT_EXCEEDED = 0x183;

    /** Connect: the record format of its data is not one of ours (Incompatible Format). */
    public static final int CONNECT_INCOMPATIBLE_FORMAT = 0x180;

    /** Connect: the controller has an association already, or the queue is connected (Controller Busy). */
    public static final int CONNECT_CONTROLLER_BUSY = 0x181;

    /** Connect: the completion's DW0 says which field is to blame (Connect Invalid Parameters). */
    public static final int CONNECT_INVALID_PARAMETERS = 0x182;

    /** Connect: ask the discovery service again (Connect Restart Discovery). */
    public static final int CONNECT_RESTART_DISCOVERY = 0x183;

    /** Connect: this host may not use this subsystem (Connect Invalid Host). */
    public static final int CONNECT_INVALID_HOST = 0x184;

    public static final int INVALID_QUEUE_TYPE = 0x185;
    public static final int DISCOVER_RESTART = 0x190;
    public static final int AUTHENTICATION_REQUIRED = 0x191;

    // Media and data integrity errors, type 2
    public static final int WRITE_FAULT = 0x280;
    public static final int UNRECOVERED_READ_ERROR = 0x281;
    public static final int COMPARE_FAILURE = 0x285;
    public static final int ACCESS_DENIED = 0x286;
    public static final int DEALLOCATED_OR_UNWRITTEN = 0x287;

    // Path related status, type 3
    public static final int TYPE_PATH = 3;
    public static final int INTERNAL_PATH_ERROR = 0x300;
    public static final int ANA_PERSISTENT_LOSS = 0x301;
    public static final int ANA_INACCESSIBLE = 0x302;
    public static final int ANA_TRANSITION = 0x303;
    public static final int HOST_ABORTED = 0x371;

    /** The 16 bits of a completion entry's bytes 14 and 15: the phase tag, always 0 on fabrics, is bit 0. */
    public static short toWire(int status) {
        return (short) (status << 1);
    }

    /** The status in a completion entry's bytes 14 and 15. */
    public static int ofWire(short field) {
        return (field & 0xFFFF) >>> 1;
    }

    /** Type and code without DNR and MORE. */
    public static int code(int status) {
        return status & 0x7FF;
    }

    /** The command was taken back by its host, or its queue went away. */
    public static boolean isAborted(int status) {
        int code = code(status);
        return code == ABORTED_BY_REQUEST || code == ABORTED_SQ_DELETION;
    }

    /** Data are lost, or could not be kept: of type 2, but not what a host has asked to be told of good data. */
    public static boolean isMediaError(int status) {
        int code = code(status);
        return code >>> 8 == 2 && code != COMPARE_FAILURE && code != DEALLOCATED_OR_UNWRITTEN;
    }

    public static boolean isDnr(int status) {
        return (status & DNR) != 0;
    }

    /** For logs: {@code sct 0x1 sc 0x84 dnr}. Not for the hot way. */
    public static String toText(int status) {
        return "sct 0x" + Integer.toHexString(status >>> 8 & 7) + " sc 0x" + Integer.toHexString(status & 0xFF)
                + (isDnr(status) ? " dnr" : "");
    }
}
