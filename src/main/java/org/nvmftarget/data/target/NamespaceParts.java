package org.nvmftarget.data.target;

import org.nvmftarget.data.reservation.NamespaceState;

/** What all views of one namespace share. */
final class NamespaceParts {

    private final NamespaceChannel[] channels;
    private final Lane changes;
    private final boolean durable;
    private final long losses;
    /** Of the latest view; steps that publish a view do not change it. */
    private volatile NamespaceState latest;

    NamespaceParts(int reactors, NamespaceChanges changes, NamespaceState state, long losses) {
        this.changes = changes.newLane();
        durable = changes.isDurable();
        channels = new NamespaceChannel[reactors];
        for (int i = 0; i < reactors; i++) {
            channels[i] = new NamespaceChannel();
        }
        latest = state;
        this.losses = losses;
    }

    /** How many disks had been lost when the namespace came. */
    long losses() {
        return losses;
    }

    NamespaceChannel channel(int reactorIndex) {
        return channels[reactorIndex];
    }

    /** Changes of the state, one after the other. */
    Lane changes() {
        return changes;
    }

    /** Whether the state can be kept through power loss. */
    boolean isDurable() {
        return durable;
    }

    NamespaceState latest() {
        return latest;
    }

    void latest(NamespaceState next) {
        latest = next;
    }
}
