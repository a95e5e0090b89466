package org.nvmftarget.control.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;

/** What hosts see of a configuration: which namespaces, and how they reach them. */
final class Sight {
    private static final List<Nqn> HOSTS = List.of(host("host0"), host("host1"), host("host2"), host("unlisted"));

    private Sight() {}

    private static Nqn host(String name) {
        return new Nqn("nqn.2026-11.org.example:" + name);
    }

    /** Each pair of a host and a namespace that it sees, as text. */
    static Set<String> of(TargetConfig config) {
        Set<String> pairs = new HashSet<>();
        for (SubsystemSpec s : config.subsystems().values()) {
            for (NamespaceSpec ns : s.namespaces().values()) {
                HOSTS.stream()
                        .filter(host -> s.allowAnyHost() || s.hosts().contains(host))
                        .filter(ns::isVisibleTo)
                        .forEach(host -> pairs.add(host + " sees " + identity(s, ns)));
            }
        }
        return pairs;
    }

    /** The ANA state of each namespace through each listener. */
    static Map<String, AnaState> ways(TargetConfig config) {
        Map<String, AnaState> ways = new HashMap<>();
        for (SubsystemSpec s : config.subsystems().values()) {
            for (NamespaceSpec ns : s.namespaces().values()) {
                for (ListenerSpec listener : s.listeners().values()) {
                    ways.put(identity(s, ns) + " through " + listener.address(), listener.anaState(ns.anaGroup()));
                }
            }
        }
        return ways;
    }

    /** The addresses that are open. */
    static Set<TransportAddress> addresses(TargetConfig config) {
        Set<TransportAddress> addresses = new HashSet<>(config.discovery().listeners());
        config.subsystems().values().forEach(s -> addresses.addAll(s.listeners().keySet()));
        return addresses;
    }

    private static String identity(SubsystemSpec s, NamespaceSpec ns) {
        return s.nqn() + " " + ns.nsid() + " " + ns.uuid() + " on " + ns.bdev();
    }
}
