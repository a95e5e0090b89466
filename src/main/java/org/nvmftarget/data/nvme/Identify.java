package org.nvmftarget.data.nvme;

/** Values of Identify's CNS field (NVMe Base specification 2.0, section 5.17). */
public final class Identify {
    private Identify() {}

    /** Bytes of every page. */
    public static final int BYTES = 4096;

    public static final int CNS_NAMESPACE = 0x00;
    public static final int CNS_CONTROLLER = 0x01;
    public static final int CNS_ACTIVE_NAMESPACES = 0x02;
    public static final int CNS_NAMESPACE_DESCRIPTORS = 0x03;
    public static final int CNS_COMMAND_SET_NAMESPACE = 0x05;
    public static final int CNS_COMMAND_SET_CONTROLLER = 0x06;
    public static final int CNS_COMMAND_SET_ACTIVE_NAMESPACES = 0x07;
    public static final int CNS_INDEPENDENT_NAMESPACE = 0x08;

    /** Command set identifier of the NVM command set, in CDW11 bits 31:24. */
    public static final int CSI_NVM = 0;

    /** Entries of a namespace list. */
    public static final int LIST_ENTRIES = BYTES / 4;
}
