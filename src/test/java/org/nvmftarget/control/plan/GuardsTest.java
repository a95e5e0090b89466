package org.nvmftarget.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

class GuardsTest {
    private static final Nqn NQN = new Nqn("nqn.2026-11.org.example:disk0");
    private static final Nqn HOST = new Nqn("nqn.2026-11.org.example:host");

    private static TargetConfig config(
            boolean protect, String serial, boolean any, List<Nqn> hosts, int nsid, long size, String traddr) {
        UUID uuid = new UUID(1, 1);
        TreeMap<String, BdevSpec> bdevs = new TreeMap<>();
        bdevs.put("a", new BdevSpec.Malloc("a", size, 512, uuid));
        TreeMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>();
        namespaces.put(new Nsid(nsid), new NamespaceSpec(new Nsid(nsid), "a", uuid, "00", Optional.empty()));
        TreeMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>();
        TransportAddress address = new TransportAddress(TransportType.TCP, AddressFamily.IPV4, traddr, 4420);
        listeners.put(address, ListenerSpec.of(address));
        TreeMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>();
        subsystems.put(
                NQN,
                new SubsystemSpec(
                        NQN, serial, "m", 32, 1, 9, any, new TreeSet<>(hosts), namespaces, listeners, protect));
        return new TargetConfig(new TreeMap<>(), bdevs, subsystems);
    }

    private static TargetConfig accepted(boolean protect) {
        return config(protect, "s", false, List.of(HOST), 1, 4096, "10.0.0.1");
    }

    private static List<Refusal> check(TargetConfig accepted, TargetConfig candidate) {
        return Guards.check(accepted, candidate, DesiredState.Reconcile.DEFAULTS, LiveState.EMPTY);
    }

    private static void assertRefused(String expected, TargetConfig candidate) {
        List<Refusal> refusals = check(accepted(true), candidate);
        assertEquals(1, refusals.size(), refusals.toString());
        assertEquals("protect", refusals.getFirst().guard());
        assertEquals(false, refusals.getFirst().approvable());
        assertEquals(
                "subsystem " + NQN + " is protected: the candidate " + expected
                        + "; to do it, first set its 'protect: false' in an edit of its own",
                refusals.getFirst().message());
    }

    @Test
    void aProtectedSubsystemIsNotReplaced() {
        assertRefused(
                "changes serial_number, which removes and re-creates it",
                config(true, "t", false, List.of(HOST), 1, 4096, "10.0.0.1"));
    }

    @Test
    void aProtectedSubsystemKeepsItsNamespaces() {
        assertRefused("removes its namespace 1", config(true, "s", false, List.of(HOST), 2, 4096, "10.0.0.1"));
    }

    @Test
    void aProtectedSubsystemKeepsItsData() {
        assertRefused("shrinks bdev a of its namespace 1", config(true, "s", false, List.of(HOST), 1, 512, "10.0.0.1"));
    }

    @Test
    void aProtectedSubsystemKeepsItsHosts() {
        assertRefused("ends the access of host " + HOST, config(true, "s", false, List.of(), 1, 4096, "10.0.0.1"));
    }

    @Test
    void aProtectedSubsystemKeepsAListener() {
        assertRefused(
                "removes every listener through which hosts reach it",
                config(true, "s", false, List.of(HOST), 1, 4096, "10.0.0.2"));
    }

    private static TargetConfig seenBy(TargetConfig config, Optional<SortedSet<Nqn>> hosts, int anaGroup) {
        TreeMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>(config.subsystems());
        subsystems.computeIfPresent(NQN, (nqn, s) -> {
            TreeMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>(s.namespaces());
            namespaces.replaceAll((nsid, ns) -> ns.withHosts(hosts).withAnaGroup(anaGroup));
            return Patch.with(s, new TreeSet<>(s.hosts()), s.hostKeys(), namespaces, new TreeMap<>(s.listeners()));
        });
        return new TargetConfig(new TreeMap<>(), new TreeMap<>(config.bdevs()), subsystems);
    }

    @Test
    void aProtectedSubsystemDoesNotHideANamespaceFromWhoSeesIt() {
        TargetConfig hidden = seenBy(accepted(true), Optional.of(new TreeSet<>()), 1);
        assertRefused("hides its namespace 1 from " + HOST, hidden);
    }

    @Test
    void aProtectedSubsystemThatAllowsAnyHostDoesNotHideANamespaceFromMost() {
        TargetConfig any = config(true, "s", true, List.of(), 1, 4096, "10.0.0.1");
        List<Refusal> refusals = check(any, seenBy(any, Optional.of(new TreeSet<>(List.of(HOST))), 1));
        assertEquals(1, refusals.size());
        assertTrue(
                refusals.getFirst().message().contains("hides its namespace 1 from every host that it does not list"),
                refusals.getFirst().message());
    }

    @Test
    void toNameTheHostsThatSeeANamespaceAnywayHidesItFromNobody() {
        TargetConfig named = seenBy(accepted(true), Optional.of(new TreeSet<>(List.of(HOST))), 1);
        assertEquals(List.of(), check(accepted(true), named));
        assertEquals(List.of(), check(named, accepted(true)));
    }

    @Test
    void aProtectedSubsystemMayMoveItsNamespacesBetweenAnaGroups() {
        assertEquals(List.of(), check(accepted(true), seenBy(accepted(true), Optional.empty(), 9)));
    }

    @Test
    void protectionIsReadFromTheAcceptedSpec() {
        assertRefused("removes its namespace 1", config(false, "s", false, List.of(HOST), 2, 4096, "10.0.0.1"));
        assertEquals(List.of(), check(accepted(false), config(true, "t", true, List.of(), 2, 512, "10.0.0.2")));
    }

    @Test
    void theFirstOfTheTwoEditsIsAllowed() {
        assertEquals(List.of(), check(accepted(true), accepted(false)));
    }

    @Test
    void anEmptyCandidateNeedsConsent() {
        List<Refusal> refusals = check(accepted(false), TargetConfig.EMPTY);
        assertEquals(1, refusals.size());
        assertEquals("empty", refusals.getFirst().guard());
        assertEquals(true, refusals.getFirst().approvable());
        assertEquals(List.of(), check(TargetConfig.EMPTY, TargetConfig.EMPTY));
    }

    @Test
    void aPlanIdTellsConfigurationsApart() {
        TargetConfig other = config(false, "s", false, List.of(HOST), 1, 8192, "10.0.0.1");
        assertNotEquals(PlanId.of(accepted(false), other), PlanId.of(other, accepted(false)));
        assertEquals(PlanId.of(accepted(false), other), PlanId.of(accepted(false), other));
    }
}
