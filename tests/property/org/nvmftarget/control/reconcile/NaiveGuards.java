package org.nvmftarget.control.reconcile;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/** What the guards should say, worked out from their description alone. */
final class NaiveGuards {
    private static final String EVERYBODY = "*";

    private final TargetConfig before;
    private final TargetConfig after;

    private NaiveGuards(TargetConfig before, TargetConfig after) {
        this.before = before;
        this.after = after;
    }

    /**
     * The names of the guards that refuse.
     *
     * @param writer the one host that is connected, to every subsystem that it may
     * @param written the namespaces to which it has written
     */
    static Set<String> refusing(TargetConfig before, DesiredState candidate, Nqn writer, Map<Nqn, Set<Nsid>> written) {
        NaiveGuards guards = new NaiveGuards(before, candidate.target());
        Set<String> refusing = new HashSet<>();
        if (guards.empties()) {
            refusing.add("empty");
        } else if (guards.deletesTooMuch(candidate.reconcile().maxDeletionsPercent())) {
            refusing.add("max_deletions");
        }
        if (candidate.reconcile().onActive() == DesiredState.OnActive.REFUSE && guards.takesFrom(writer, written)) {
            refusing.add("on_active");
        }
        if (before.subsystems().values().stream().anyMatch(s -> s.protect() && guards.harms(s))) {
            refusing.add("protect");
        }
        return refusing;
    }

    private boolean empties() {
        boolean had = !before.subsystems().isEmpty() || !before.bdevs().isEmpty();
        return had && after.subsystems().isEmpty() && after.bdevs().isEmpty();
    }

    private boolean deletesTooMuch(int percent) {
        Set<String> was = identities(before);
        Set<String> gone = new HashSet<>(was);
        gone.removeAll(identities(after));
        return percent < 100 && gone.size() > 4 && gone.size() * 100 > was.size() * percent;
    }

    /** A subsystem or a namespace is the same as long as everything that cannot change in place is. */
    private static Set<String> identities(TargetConfig config) {
        Set<String> all = new HashSet<>();
        for (SubsystemSpec s : config.subsystems().values()) {
            all.add("subsystem " + attributes(s));
            s.namespaces().values().forEach(ns -> all.add("namespace " + s.nqn() + " " + identity(ns, config)));
        }
        return all;
    }

    private static List<Object> attributes(SubsystemSpec s) {
        return List.of(s.nqn(), s.serialNumber(), s.modelNumber(), s.maxNamespaces(), s.minCntlid(), s.maxCntlid());
    }

    private static List<Object> identity(NamespaceSpec ns, TargetConfig config) {
        List<Object> all = new ArrayList<>(List.of(ns.nsid(), ns.bdev(), ns.uuid(), ns.nguid(), ns.eui64()));
        BdevSpec bdev = config.bdevs().get(ns.bdev());
        if (bdev != null) {
            all.addAll(List.of(bdev.type(), bdev.blockSizeBytes(), bdev.uuid()));
        }
        return all;
    }

    private boolean takesFrom(Nqn writer, Map<Nqn, Set<Nsid>> written) {
        for (SubsystemSpec s : before.subsystems().values()) {
            for (NamespaceSpec ns : s.namespaces().values()) {
                boolean used = written.getOrDefault(s.nqn(), Set.of()).contains(ns.nsid());
                if (used && (changes(s, ns) || (sees(s, ns, writer.value()) && !seesAfter(s, ns, writer.value())))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean changes(SubsystemSpec s, NamespaceSpec ns) {
        SubsystemSpec then = after.subsystems().get(s.nqn());
        NamespaceSpec now = then == null ? null : then.namespaces().get(ns.nsid());
        return then == null
                || now == null
                || !attributes(s).equals(attributes(then))
                || !identity(ns, before).equals(identity(now, after))
                || size(ns, after) < size(ns, before);
    }

    private static long size(NamespaceSpec ns, TargetConfig config) {
        BdevSpec bdev = config.bdevs().get(ns.bdev());
        return bdev == null ? 0 : bdev.sizeBytes();
    }

    private static Set<String> admitted(SubsystemSpec s) {
        Set<String> hosts = new HashSet<>();
        s.hosts().forEach(host -> hosts.add(host.value()));
        if (s.allowAnyHost()) {
            hosts.add(EVERYBODY);
        }
        return hosts;
    }

    private static boolean admits(SubsystemSpec s, String host) {
        return s.allowAnyHost() || (!host.equals(EVERYBODY) && s.hosts().contains(new Nqn(host)));
    }

    private static boolean sees(SubsystemSpec s, @Nullable NamespaceSpec ns, String host) {
        return ns != null
                && admits(s, host)
                && (ns.hosts().isEmpty()
                        || (!host.equals(EVERYBODY) && ns.hosts().get().contains(new Nqn(host))));
    }

    private boolean seesAfter(SubsystemSpec s, NamespaceSpec ns, String host) {
        SubsystemSpec then = after.subsystems().get(s.nqn());
        return then != null && sees(then, then.namespaces().get(ns.nsid()), host);
    }

    /** Whether the protected subsystem goes, or anybody loses anything of it. */
    private boolean harms(SubsystemSpec s) {
        SubsystemSpec then = after.subsystems().get(s.nqn());
        if (then == null || s.namespaces().values().stream().anyMatch(ns -> changes(s, ns))) {
            return true;
        }
        boolean closes = !s.listeners().isEmpty()
                && Collections.disjoint(s.listeners().keySet(), then.listeners().keySet());
        return closes
                || !attributes(s).equals(attributes(then))
                || admitted(s).stream().anyMatch(host -> !admits(then, host))
                || admitted(s).stream()
                        .anyMatch(host -> s.namespaces().values().stream()
                                .anyMatch(ns -> sees(s, ns, host) && !seesAfter(s, ns, host)));
    }
}
