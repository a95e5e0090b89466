package org.nvmftarget.data.reactor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that the data of I/O on one reactor lie in: transports say which it is, and who hands such data on to the
 * kernel may prepare it once and for all. For that reactor's thread.
 */
public final class DataMemory {

    private final List<MemorySegment> pieces = new ArrayList<>();
    private final List<Follower> followers = new ArrayList<>();

    /** Is told of each piece. */
    public interface Follower {
        void added(MemorySegment piece);

        /** It may be freed after this. What is under way in it has ended, or holds it by other means. */
        void removed(MemorySegment piece);
    }

    /** Data will be in {@code piece}, which is outside the heap and stays until {@link #remove}. */
    public void add(MemorySegment piece) {
        if (!piece.isNative()) {
            throw new IllegalArgumentException("data in the heap cannot be handed to the kernel");
        }
        pieces.add(piece);
        followers.forEach(follower -> follower.added(piece));
    }

    /** A piece that was added; any other is no matter. */
    public void remove(MemorySegment piece) {
        if (pieces.remove(piece)) {
            followers.forEach(follower -> follower.removed(piece));
        }
    }

    /** Tells {@code follower} of what there is and of what comes. */
    public void follow(Follower follower) {
        followers.add(follower);
        pieces.forEach(follower::added);
    }

    public void unfollow(Follower follower) {
        followers.remove(follower);
    }
}
