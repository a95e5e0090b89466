package org.nvmftarget.data.target;

import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.model.NamespaceSpec;

/** A namespace as one view of its subsystem has it: immutable, but for the channels, which later views share. */
final class Namespace {

    final NamespaceSpec spec;
    final int nsid;
    final Bdev bdev;
    final long blocks;
    final int blockShift;
    private final NamespaceChannel[] channels;

    Namespace(NamespaceSpec spec, Bdev bdev, int reactors) {
        this(spec, bdev, bdev.blocks(), new NamespaceChannel[reactors]);
        for (int i = 0; i < reactors; i++) {
            channels[i] = new NamespaceChannel();
        }
    }

    private Namespace(NamespaceSpec spec, Bdev bdev, long blocks, NamespaceChannel[] channels) {
        this.spec = spec;
        this.nsid = spec.nsid().value();
        this.bdev = bdev;
        this.blocks = blocks;
        this.blockShift = Integer.numberOfTrailingZeros(bdev.blockSizeBytes());
        this.channels = channels;
    }

    /** The same namespace with another size. */
    Namespace resized(long sizeBytes) {
        return new Namespace(spec, bdev, sizeBytes >>> blockShift, channels);
    }

    /** The same namespace with the ANA group and the hosts of {@code newSpec}. */
    Namespace altered(NamespaceSpec newSpec) {
        return new Namespace(newSpec, bdev, blocks, channels);
    }

    NamespaceChannel channel(int reactorIndex) {
        return channels[reactorIndex];
    }

    /** Whether {@code count} blocks from {@code lba}, both as the host said them, are on the namespace. */
    boolean contains(long lba, long count) {
        return lba >= 0 && count <= blocks && lba <= blocks - count;
    }

    int anaGroup() {
        return 1;
    }

    /** Whether hosts cannot tell the two apart. */
    boolean looksLike(Namespace other) {
        return blocks == other.blocks
                && blockShift == other.blockShift
                && anaGroup() == other.anaGroup()
                && spec.uuid().equals(other.spec.uuid())
                && spec.nguid().equals(other.spec.nguid())
                && spec.eui64().equals(other.spec.eui64());
    }
}
