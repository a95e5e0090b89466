package org.nvmftarget.data.reactor;

/**
 * Whether looking for work finds it sooner than sleeping does. It ought to, as nobody has to be woken; but where whoever
 * makes the work wants the CPU that the looking takes, as the other side of a virtual disk may, it does the opposite. So
 * both are tried, a block of gaps each in turn, and sleeping has to be better in nearly all pairs of blocks to be chosen.
 * Better is a shorter geometric mean, as a single gap that is far longer than the others says nothing about either way.
 * Tried again after many gaps, of which a trial's share is too small to be seen.
 */
final class SpinTrial {

    /** Gaps of a block. More than one, since gaps of two lengths may take turns: to the disk, and to the host. */
    private static final int BLOCK = 16;

    private static final int PAIRS = 8;

    /** Of {@link #PAIRS}, in which sleeping is better, for it to be chosen; by chance, it would be in 1 of 28 trials. */
    private static final int ENOUGH = 7;

    private static final int TRIAL = 2 * BLOCK * PAIRS;

    /** Gaps from the end of a trial to the next. */
    private static final int REST = 1 << 15;

    private int gaps;
    private int sleepWasBetter;
    private double block;
    private double spun;
    private boolean sleeps;

    /** Whether to look for the next piece of work, rather than sleep. */
    boolean spins() {
        return gaps < TRIAL ? gaps / BLOCK % 2 == 0 : !sleeps;
    }

    /** The next piece of work has come. */
    void workAfter(long gapNs) {
        if (gaps < TRIAL) {
            block += Math.log((double) gapNs);
            if (gaps % BLOCK == BLOCK - 1) {
                endBlock();
            }
        }
        gaps++;
        if (gaps == TRIAL) {
            sleeps = sleepWasBetter >= ENOUGH;
            sleepWasBetter = 0;
        } else if (gaps == TRIAL + REST) {
            gaps = 0;
        }
    }

    private void endBlock() {
        if (spins()) {
            spun = block;
        } else if (block < spun) {
            sleepWasBetter++;
        }
        block = 0;
    }
}
