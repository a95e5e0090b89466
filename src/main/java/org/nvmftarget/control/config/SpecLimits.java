package org.nvmftarget.control.config;

/**
 * How large a spec may be, all of its files together. Beyond that it is an accident or an attack, which must not cost the
 * running target its memory. 10,000 subsystems are about 3 MiB and 300,000 nodes.
 */
final class SpecLimits {

    static final int MAX_BYTES = 16 << 20;

    /** Maps, lists, keys and values. */
    static final int MAX_NODES = 1 << 20;

    /** Far beyond what a spec needs. */
    static final int MAX_DEPTH = 64;

    private int nodes;

    /** Counts one node more; false if that is one too many. */
    boolean takeNode() {
        nodes++;
        return nodes <= MAX_NODES;
    }
}
