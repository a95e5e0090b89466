package org.nvmftarget.data.nvme;

/**
 * CDW12 of the commands of the NVM command set (NVM Command Set 1.0, section 3.2), beside the number of blocks in its
 * lower half:
 *
 * <pre>
 *  31 LR   30 FUA   29:26 PRINFO   25 DEAC (Write Zeroes)   24 STC   23:20 DTYPE   19:16 reserved
 * </pre>
 */
public final class IoFlags {
    private IoFlags() {}

    /** Limited retry. */
    public static final int LR = 1 << 31;

    /** Force unit access. */
    public static final int FUA = 1 << 30;

    /** Protection information action, and checks of guard, application and reference tag. */
    public static final int PRINFO = 0xF << 26;

    /** Protection information action, the upper bit of {@link #PRINFO}. */
    public static final int PRACT = 1 << 29;

    /** Deallocate. */
    public static final int DEAC = 1 << 25;

    /** Storage tag check. */
    public static final int STC = 1 << 24;

    /** Directive type. */
    public static final int DTYPE = 0xF << 20;

    /** All that is not the number of blocks. */
    public static final int ALL = 0xFFFF_0000;
}
