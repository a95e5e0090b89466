package org.nvmftarget.data.target;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The views of hosts that have lately been here, so that a host that comes again finds the generation that it knows. Of
 * those that were longest away, the oldest go: then the host finds a generation that it has never seen.
 */
final class DiscoveryViews {

    private final int limit;
    private final Function<DiscoveryView.Key, List<DiscoveryView.Listed>> source;
    private final Map<DiscoveryView.Key, DiscoveryView> views = new LinkedHashMap<>(16, 0.75f, true);
    /** Above every generation of a view that is gone. */
    private long firstGeneration;

    DiscoveryViews(int limit, Function<DiscoveryView.Key, List<DiscoveryView.Listed>> source) {
        this.limit = limit;
        this.source = source;
    }

    synchronized DiscoveryView of(DiscoveryView.Key key) {
        DiscoveryView view = views.get(key);
        if (view == null) {
            view = new DiscoveryView(key, firstGeneration, source);
            views.put(key, view);
            forgetOldest();
        }
        return view;
    }

    private void forgetOldest() {
        if (views.size() > limit) {
            Iterator<DiscoveryView> oldest = views.values().iterator();
            firstGeneration = Math.max(firstGeneration, oldest.next().refresh() + 1);
            oldest.remove();
        }
    }
}
