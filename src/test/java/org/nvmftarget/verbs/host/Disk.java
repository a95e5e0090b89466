package org.nvmftarget.verbs.host;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a namespace must hold, block by block. Every write makes a new version of its blocks; a write whose end is not
 * known leaves them in doubt until the next read tells. Commands that overlap are not under way at the same time.
 */
public final class Disk {

    public static final int BLOCK = 512;

    /** The content of blocks that were never written, or were zeroed. */
    private static final int ZEROES = 0;

    /** Blocks that one command is about. */
    public final class Extent {
        private final int lba;
        private final int count;
        private final boolean writes;
        private final int version;

        private Extent(int lba, int count, boolean writes, int version) {
            this.lba = lba;
            this.count = count;
            this.writes = writes;
            this.version = version;
        }

        public int lba() {
            return lba;
        }

        public int blocks() {
            return count;
        }

        public int bytes() {
            return count * BLOCK;
        }

        /** What a write brings. */
        public byte[] content() {
            byte[] bytes = new byte[bytes()];
            for (int i = 0; i < count; i++) {
                fill(bytes, i * BLOCK, lba + i, version);
            }
            return bytes;
        }

        /** A read has brought {@code bytes}; what is wrong with them, or null. */
        public @Nullable String check(byte[] bytes) {
            for (int i = 0; i < count; i++) {
                if (!matches(lba + i, bytes, i * BLOCK)) {
                    return "block " + (lba + i) + ", the " + i + "th of " + count + ", is wrong";
                }
            }
            return null;
        }

        /** The command was answered. */
        public void answered(boolean success) {
            if (writes) {
                settle(success);
            }
            release(this);
        }

        /** The queue is gone, and the command may be executed as long as {@code isGone} says no. */
        public void torn(BooleanSupplier isGone) {
            if (writes) {
                settle(false);
                lingering.add(new Lingering(this, isGone));
            } else {
                release(this);
            }
        }

        private void settle(boolean success) {
            for (int b = lba; b < lba + count; b++) {
                if (success) {
                    doubtful.remove(b);
                    versions[b] = version;
                } else {
                    doubtful.computeIfAbsent(b, n -> new TreeSet<>(Set.of(versions[n])))
                            .add(version);
                }
            }
        }
    }

    private record Lingering(Extent extent, BooleanSupplier isGone) {}

    private final int[] versions;
    private final boolean[] writing;
    private final int[] reading;
    private final Map<Integer, Set<Integer>> doubtful = new HashMap<>();
    private final List<Lingering> lingering = new ArrayList<>();
    private int lastVersion;

    public Disk(int blocks) {
        versions = new int[blocks];
        writing = new boolean[blocks];
        reading = new int[blocks];
    }

    public int blocks() {
        return versions.length;
    }

    /** Blocks to read; null if something else is under way there. */
    public @Nullable Extent read(int lba, int count) {
        return begin(lba, count, false, ZEROES);
    }

    /** Blocks to write; null if something else is under way there. */
    public @Nullable Extent write(int lba, int count) {
        return begin(lba, count, true, ++lastVersion);
    }

    /** Blocks to zero; null if something else is under way there. */
    public @Nullable Extent zero(int lba, int count) {
        return begin(lba, count, true, ZEROES);
    }

    private @Nullable Extent begin(int lba, int count, boolean writes, int version) {
        sweep();
        for (int b = lba; b < lba + count; b++) {
            if (writing[b] || (writes && reading[b] > 0)) {
                return null;
            }
        }
        for (int b = lba; b < lba + count; b++) {
            writing[b] = writes;
            reading[b] += writes ? 0 : 1;
        }
        return new Extent(lba, count, writes, version);
    }

    private void sweep() {
        lingering.removeIf(each -> {
            boolean gone = each.isGone().getAsBoolean();
            if (gone) {
                release(each.extent());
            }
            return gone;
        });
    }

    private void release(Extent extent) {
        for (int b = extent.lba; b < extent.lba + extent.count; b++) {
            if (extent.writes) {
                writing[b] = false;
            } else {
                reading[b]--;
            }
        }
    }

    private boolean matches(int lba, byte[] bytes, int at) {
        Set<Integer> possible = doubtful.getOrDefault(lba, Set.of(versions[lba]));
        byte[] expected = new byte[BLOCK];
        for (int version : possible) {
            fill(expected, 0, lba, version);
            if (ByteBuffer.wrap(expected).equals(ByteBuffer.wrap(bytes, at, BLOCK))) {
                doubtful.remove(lba);
                versions[lba] = version;
                return true;
            }
        }
        return false;
    }

    private static void fill(byte[] bytes, int at, int lba, int version) {
        ByteBuffer block = ByteBuffer.wrap(bytes, at, BLOCK);
        long word = version == ZEROES ? 0 : (lba * 0x9E37_79B9_7F4A_7C15L ^ version * 0xC2B2_AE3D_27D4_EB4FL) | 1;
        while (block.hasRemaining()) {
            block.putLong(word);
            word += version == ZEROES ? 0 : 0x0101;
        }
    }
}
