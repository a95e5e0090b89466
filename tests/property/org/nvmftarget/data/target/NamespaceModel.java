package org.nvmftarget.data.target;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.TransportAddress;

/**
 * What hosts should find, kept by other means than the target's: each controller's whole picture is drawn anew after
 * each change, and what differs from the one before is what it should have been told.
 */
final class NamespaceModel {

    /** A group in the state change is shown as inaccessible from this age on. */
    private static final long CHANGE_LIMIT_MS = 9_000;

    /** @param hosts who sees it; absent: all */
    record Namespace(String bdev, int group, Optional<Set<Nqn>> hosts) {}

    /** A namespace as a controller finds it. */
    record Seen(String bdev, long blocks, int group) {}

    /** An ANA group as a controller finds it. */
    record Group(AnaState state, List<Integer> nsids) {}

    private static final class Listener {
        AnaState usual = AnaState.OPTIMIZED;
        Map<Integer, AnaState> exceptions = Map.of();
        /** When each group that is in the state change came into it. */
        final Map<Integer, Long> changeSinceMs = new HashMap<>();
    }

    final SortedMap<Integer, Namespace> namespaces = new TreeMap<>();
    final Map<String, Long> bdevs = new TreeMap<>();
    private final Map<TransportAddress, Listener> listeners = new HashMap<>();
    private final List<Controller> controllers = new ArrayList<>();
    private long nowMs;

    // Changes

    /** The target does {@code change}, and every controller notes what has become different. */
    void change(Runnable change) {
        change.run();
        controllers.forEach(Controller::look);
    }

    void setStates(TransportAddress address, AnaState usual, Map<Integer, AnaState> exceptions, int groups) {
        Listener listener = listener(address);
        listener.usual = usual;
        listener.exceptions = Map.copyOf(exceptions);
        for (int group = 1; group <= groups; group++) {
            if (declared(listener, group) == AnaState.CHANGE) {
                listener.changeSinceMs.putIfAbsent(group, nowMs);
            } else {
                listener.changeSinceMs.remove(group);
            }
        }
    }

    void pass(long ms) {
        nowMs += ms;
    }

    boolean isFree(String bdev) {
        return namespaces.values().stream().noneMatch(ns -> ns.bdev().equals(bdev));
    }

    private Listener listener(TransportAddress address) {
        return listeners.computeIfAbsent(address, a -> new Listener());
    }

    private static AnaState declared(Listener listener, int group) {
        return listener.exceptions.getOrDefault(group, listener.usual);
    }

    private AnaState state(TransportAddress address, int group) {
        Listener listener = listener(address);
        AnaState declared = declared(listener, group);
        if (declared != AnaState.CHANGE) {
            return declared;
        }
        return nowMs - Objects.requireNonNull(listener.changeSinceMs.get(group)) >= CHANGE_LIMIT_MS
                ? AnaState.INACCESSIBLE
                : AnaState.CHANGE;
    }

    Controller connect(Nqn host, TransportAddress listener) {
        Controller controller = new Controller(host, listener);
        controllers.add(controller);
        return controller;
    }

    /** One controller's picture, and what its host was told. */
    final class Controller {
        private final Nqn host;
        private final TransportAddress listener;
        SortedMap<Integer, Seen> seen;
        SortedMap<Integer, Group> groups;
        long anaChanges;
        final Map<Integer, Long> groupChanges = new HashMap<>();
        final Set<Integer> changed = new TreeSet<>();
        private final Set<Integer> told = new TreeSet<>();
        private final Deque<Integer> waiting = new ArrayDeque<>();
        private int wanted;
        /** Event requests that have no answer yet. */
        int requests;
        /** Events that answered requests, in order. */
        final Deque<Integer> answers = new ArrayDeque<>();

        private Controller(Nqn host, TransportAddress listener) {
            this.host = host;
            this.listener = listener;
            seen = picture();
            groups = groupsOf(seen);
            reset();
        }

        void reset() {
            anaChanges = 0;
            groupChanges.clear();
            groups.keySet().forEach(g -> groupChanges.put(g, 1L));
            changed.clear();
            told.clear();
            waiting.clear();
            requests = 0;
            wanted = AsyncEvent.CONFIG_NAMESPACE_CHANGED | AsyncEvent.CONFIG_ANA_CHANGED;
        }

        private SortedMap<Integer, Seen> picture() {
            SortedMap<Integer, Seen> picture = new TreeMap<>();
            namespaces.forEach((nsid, ns) -> {
                if (ns.hosts().map(hosts -> hosts.contains(host)).orElse(true)) {
                    picture.put(nsid, new Seen(ns.bdev(), Objects.requireNonNull(bdevs.get(ns.bdev())), ns.group()));
                }
            });
            return picture;
        }

        private SortedMap<Integer, Group> groupsOf(SortedMap<Integer, Seen> picture) {
            SortedMap<Integer, Group> map = new TreeMap<>();
            for (int group : picture.values().stream().mapToInt(Seen::group).toArray()) {
                List<Integer> members = picture.entrySet().stream()
                        .filter(e -> e.getValue().group() == group)
                        .map(Map.Entry::getKey)
                        .toList();
                map.put(group, new Group(state(listener, group), members));
            }
            return map;
        }

        AnaState stateOf(int nsid) {
            return state(listener, Objects.requireNonNull(seen.get(nsid)).group());
        }

        private void look() {
            SortedMap<Integer, Seen> now = picture();
            Set<Integer> nsids = new TreeSet<>(seen.keySet());
            nsids.addAll(now.keySet());
            nsids.removeIf(nsid -> now.containsKey(nsid) && now.get(nsid).equals(seen.get(nsid)));
            changed.addAll(nsids);
            seen = now;
            if (!nsids.isEmpty()) {
                tell(AsyncEvent.NAMESPACE_CHANGED, AsyncEvent.CONFIG_NAMESPACE_CHANGED);
            }
            lookAtGroups(groupsOf(now));
        }

        private void lookAtGroups(SortedMap<Integer, Group> now) {
            if (now.equals(groups)) {
                return;
            }
            now.forEach((id, group) -> {
                if (!group.equals(groups.get(id))) {
                    groupChanges.merge(id, 1L, Long::sum);
                }
            });
            anaChanges++;
            groups = now;
            tell(AsyncEvent.ANA_CHANGED, AsyncEvent.CONFIG_ANA_CHANGED);
        }

        private void tell(int event, int wish) {
            if ((wanted & wish) == 0 || !told.add(event)) {
                return;
            }
            if (requests > 0) {
                requests--;
                answers.add(event);
            } else {
                waiting.add(event);
            }
        }

        /** What still waits for a request is not told, once its kind is no longer wanted. */
        void want(int events) {
            wanted = events;
            forget(AsyncEvent.NAMESPACE_CHANGED, AsyncEvent.CONFIG_NAMESPACE_CHANGED);
            forget(AsyncEvent.ANA_CHANGED, AsyncEvent.CONFIG_ANA_CHANGED);
        }

        private void forget(int event, int wish) {
            if ((wanted & wish) == 0 && waiting.remove(event)) {
                told.remove(event);
            }
        }

        void request() {
            if (waiting.isEmpty()) {
                requests++;
            } else {
                answers.add(waiting.removeFirst());
            }
        }

        /** The log page of an event was read, not retaining it. */
        void wasRead(int event) {
            told.remove(event);
            waiting.remove(event);
            if (event == AsyncEvent.NAMESPACE_CHANGED) {
                changed.clear();
            }
        }
    }
}
