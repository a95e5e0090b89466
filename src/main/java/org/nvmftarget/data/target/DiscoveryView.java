package org.nvmftarget.data.target;

import java.util.List;
import java.util.function.Function;
import org.nvmftarget.data.nvme.DiscoveryEntry;
import org.nvmftarget.data.nvme.DiscoveryLog;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.TransportAddress;

/**
 * The discovery log as one host sees it at one address, and the generation of it: the same number is always the same
 * entries, and a change that this host cannot see leaves it alone. For any thread.
 */
final class DiscoveryView {

    /**
     * Whose view it is.
     *
     * @param listener that the host came in through, as declared
     * @param local the address that it reached
     */
    record Key(Nqn host, TransportAddress listener, TransportAddress local) {}

    /** @param portLocal it leads to the port that the host has reached */
    record Listed(DiscoveryEntry entry, boolean portLocal) {}

    private final Key key;
    private final Function<Key, List<Listed>> source;
    private List<Listed> entries;
    private long generation;

    /** @param source what {@code key} sees now; its latest answer is as new as any before */
    DiscoveryView(Key key, long generation, Function<Key, List<Listed>> source) {
        this.key = key;
        this.source = source;
        this.generation = generation;
        entries = source.apply(key);
    }

    /** Looks again; the generation of what there is now. */
    synchronized long refresh() {
        List<Listed> now = source.apply(key);
        if (!now.equals(entries)) {
            entries = now;
            generation++;
        }
        return generation;
    }

    /** The page as it is now. */
    synchronized DiscoveryLog log(boolean extended, boolean portLocal) {
        long now = refresh();
        List<DiscoveryEntry> wanted = entries.stream()
                .filter(listed -> listed.portLocal || !portLocal)
                .map(Listed::entry)
                .toList();
        return new DiscoveryLog(now, extended, portLocal, wanted);
    }
}
