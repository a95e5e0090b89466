package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

class ObjectStatesTest {
    private static final Nqn NQN = new Nqn("nqn.2026-11.org.example:a");
    private static final TransportAddress ADDRESS =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.9", 4420);
    private static final ObjectRef LISTENER = new ObjectRef.Listener(NQN, ADDRESS);
    private static final TargetConfig DECLARED = read("""
        version: 1
        transports: { tcp: }
        bdevs: { m: { type: malloc, size: 1MiB } }
        subsystems:
          nqn.2026-11.org.example:a:
            namespaces: { 1: { bdev: m } }
            listeners: [ { trtype: tcp, traddr: 10.0.0.9, trsvcid: 4420 } ]
        """);
    private static final TargetConfig WITHOUT_LISTENER = read("""
        version: 1
        transports: { tcp: }
        bdevs: { m: { type: malloc, size: 1MiB }, old: { type: malloc, size: 1MiB } }
        subsystems:
          nqn.2026-11.org.example:a:
            namespaces: { 1: { bdev: m } }
        """);

    private static TargetConfig read(String text) {
        return SpecReader.read(List.of(new SpecText("t.yaml", text)))
                .state()
                .orElseThrow()
                .target();
    }

    private static List<String> states(TargetConfig live, Optional<PassResult> pass, boolean applying) {
        return ObjectStates.of(DECLARED, new LiveState(live, new TreeMap<>()), pass, applying).stream()
                .map(s -> s.object() + " " + s.state().word() + (s.message().isEmpty() ? "" : ": " + s.message()))
                .toList();
    }

    private static Optional<PassResult> pass(List<Pending> pending, Map<ObjectRef, String> failing) {
        return Optional.of(new PassResult(1, failing.isEmpty(), pending, List.of(), failing, Optional.empty()));
    }

    @Test
    void whatIsAsDeclaredIsReady() {
        assertEquals(
                List.of(
                        "bdevs.m Ready",
                        "subsystems." + NQN + " Ready",
                        "subsystems." + NQN + ".listeners[tcp 10.0.0.9:4420] Ready",
                        "subsystems." + NQN + ".namespaces.1 Ready",
                        "transports.tcp Ready"),
                states(DECLARED, pass(List.of(), Map.of()), false));
    }

    @Test
    void whatHasChangedByItselfHasDrifted() {
        assertEquals(
                List.of(
                        "bdevs.m Ready",
                        "bdevs.old Drifted: is live and not declared",
                        "subsystems." + NQN + " Ready",
                        "subsystems." + NQN + ".listeners[tcp 10.0.0.9:4420] Drifted: differs from what is declared",
                        "subsystems." + NQN + ".namespaces.1 Ready",
                        "transports.tcp Ready"),
                states(WITHOUT_LISTENER, pass(List.of(), Map.of()), false));
    }

    @Test
    void whatWaitsSaysForWhatAndWhatFailedSaysWhy() {
        List<String> states = states(
                WITHOUT_LISTENER,
                pass(
                        List.of(new Pending(LISTENER, "no interface has 10.0.0.9")),
                        Map.of(
                                new ObjectRef.Bdev("old"), "remove_bdev bdevs.old failed: busy",
                                new ObjectRef.Bdev("m"), "remove_bdev bdevs.old failed: busy")),
                true);

        assertEquals("bdevs.m Ready", states.get(0));
        assertEquals("bdevs.old Failed: remove_bdev bdevs.old failed: busy", states.get(1));
        assertEquals(
                "subsystems." + NQN + ".listeners[tcp 10.0.0.9:4420] Pending: no interface has 10.0.0.9",
                states.get(3));
    }

    @Test
    void beforeTheFirstPassEverythingIsOnItsWay() {
        assertEquals(
                5,
                ObjectStates.of(DECLARED, LiveState.EMPTY, Optional.empty(), true).stream()
                        .filter(s -> s.state() == ObjectStatus.State.APPLYING)
                        .count());
    }
}
