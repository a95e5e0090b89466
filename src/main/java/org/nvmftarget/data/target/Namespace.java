package org.nvmftarget.data.target;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.LimitedBdev;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.model.NamespaceSpec;

/** A namespace as one view of its subsystem has it: immutable, but for what it shares with the other views of it. */
final class Namespace {

    private static final int MAX_COPY_RANGE_BYTES = 1 << 24;
    private static final int MAX_COPY_BYTES = 1 << 26;

    final NamespaceSpec spec;
    final int nsid;
    final LimitedBdev bdev;
    final long blocks;
    final int blockShift;
    final NamespaceState state;
    /** What {@link #state} forbids; null if that is nothing. */
    final @Nullable NamespaceGuard guard;

    final NamespaceParts parts;

    /** @param losses how many disks have been lost so far */
    Namespace(
            NamespaceSpec spec,
            LimitedBdev bdev,
            NamespaceState state,
            int reactors,
            NamespaceChanges changes,
            long losses) {
        this(spec, bdev, bdev.blocks(), state, new NamespaceParts(reactors, changes, state, losses));
    }

    private Namespace(NamespaceSpec spec, LimitedBdev bdev, long blocks, NamespaceState state, NamespaceParts parts) {
        this.spec = spec;
        this.nsid = spec.nsid().value();
        this.bdev = bdev;
        this.blocks = blocks;
        this.blockShift = Integer.numberOfTrailingZeros(bdev.blockSizeBytes());
        this.state = state;
        this.guard = NamespaceGuard.of(state);
        this.parts = parts;
    }

    /** The same namespace with another size. */
    Namespace resized(long sizeBytes) {
        return new Namespace(spec, bdev, sizeBytes >>> blockShift, state, parts);
    }

    /** The same namespace with the ANA group and the hosts of {@code newSpec}. */
    Namespace altered(NamespaceSpec newSpec) {
        return new Namespace(newSpec, bdev, blocks, state, parts);
    }

    /** The same namespace in the state that hosts have brought it to last. */
    Namespace upToDate() {
        NamespaceState latest = parts.latest();
        return state.equals(latest) ? this : new Namespace(spec, bdev, blocks, latest, parts);
    }

    /**
     * Whether a host has never had it: its device was away already when the host came, or the namespace, and has not been
     * back since.
     *
     * @param arrival how many disks had been lost when the host came
     */
    boolean isNewTo(long arrival) {
        return Math.max(arrival, parts.losses()) >= bdev.loss();
    }

    /** Whether both are the same namespace, perhaps in other views. */
    boolean isSame(@Nullable Namespace other) {
        return other != null && parts == other.parts;
    }

    /** Blocks that are written and not deallocated since. */
    long usedBlocks() {
        return Math.min(blocks, bdev.usedBlocks());
    }

    /** MSSRL: most blocks of a source range of a Copy. */
    int maxCopyRangeBlocks() {
        return Math.min(MAX_COPY_RANGE_BYTES >>> blockShift, 0xFFFF);
    }

    /** MCL: most blocks of a Copy. */
    int maxCopyBlocks() {
        return MAX_COPY_BYTES >>> blockShift;
    }

    NamespaceChannel channel(int reactorIndex) {
        return parts.channel(reactorIndex);
    }

    NamespaceIdentity identity(SubsystemView view) {
        return new NamespaceIdentity(
                view.spec.nqn(), spec.nsid(), spec.uuid(), bdev.spec().uuid());
    }

    /** Whether {@code count} blocks from {@code lba}, both as the host said them, are on the namespace. */
    boolean contains(long lba, long count) {
        return lba >= 0 && count <= blocks && lba <= blocks - count;
    }

    int anaGroup() {
        return spec.anaGroup();
    }

    /** Whether hosts cannot tell the two apart. */
    boolean looksLike(Namespace other) {
        return blocks == other.blocks
                && blockShift == other.blockShift
                && anaGroup() == other.anaGroup()
                && state.isWriteProtected() == other.state.isWriteProtected()
                && spec.uuid().equals(other.spec.uuid())
                && spec.nguid().equals(other.spec.nguid())
                && spec.eui64().equals(other.spec.eui64());
    }
}
