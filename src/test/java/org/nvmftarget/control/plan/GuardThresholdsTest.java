package org.nvmftarget.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** The guards that an operator sets: how much an edit may delete, and whether it may take what is in use. */
class GuardThresholdsTest {
    private static final Nqn S0 = new Nqn("nqn.2026-11.org.example:s0");
    private static final Nqn WRITER = new Nqn("nqn.2026-11.org.example:writer");
    private static final Nqn READER = new Nqn("nqn.2026-11.org.example:reader");

    /** Subsystems {@code from} to {@code to}, each with one namespace; {@code extra} goes into the first of them. */
    private static String subsystems(int from, int to, String extra) {
        StringBuilder bdevs = new StringBuilder();
        StringBuilder subsystems = new StringBuilder();
        for (int i = from; i < to; i++) {
            bdevs.append("  b").append(i).append(": { type: malloc, size: 2MiB }\n");
            subsystems
                    .append("  nqn.2026-11.org.example:s")
                    .append(i)
                    .append(": { allow_any_host: true, namespaces: { 1: { bdev: b")
                    .append(i)
                    .append(" } }")
                    .append(i == from ? extra : "")
                    .append(" }\n");
        }
        return "version: 1\nbdevs:\n" + bdevs + "subsystems:\n" + subsystems;
    }

    private static DesiredState read(String yaml) {
        return SpecReader.read(List.of(new SpecText("t.yaml", yaml)))
                .state()
                .orElseThrow(() -> new AssertionError(yaml));
    }

    private static List<Refusal> check(String accepted, String candidate, LiveState live) {
        DesiredState desired = read(candidate);
        return Guards.check(read(accepted).target(), desired.target(), desired.reconcile(), live);
    }

    private static List<String> guards(String accepted, String candidate, LiveState live) {
        return check(accepted, candidate, live).stream().map(Refusal::guard).toList();
    }

    private static String allowing(String percent, String spec) {
        return spec + "reconcile: { max_deletions: " + percent + " }\n";
    }

    @Test
    void aQuarterOfAllMayGo() {
        String twenty = subsystems(0, 20, "");

        assertEquals(List.of(), guards(twenty, subsystems(5, 20, ""), LiveState.EMPTY));
        List<Refusal> refusals = check(twenty, subsystems(6, 20, ""), LiveState.EMPTY);
        assertEquals(
                List.of(new Refusal(
                        "max_deletions",
                        "the candidate removes or replaces 12 of 40 subsystems and namespaces (subsystems." + S0
                                + ", subsystems." + S0 + ".namespaces.1, subsystems.nqn.2026-11.org.example:s1 and 9"
                                + " more), and `max_deletions: 25%` allows 10; if that is meant, approve this plan",
                        true)),
                refusals);
    }

    @Test
    void fourMayAlwaysGo() {
        String three = allowing("0%", subsystems(0, 3, ""));

        assertEquals(List.of(), guards(three, allowing("0%", subsystems(2, 3, "")), LiveState.EMPTY));
        assertEquals(
                List.of("max_deletions"),
                guards(subsystems(0, 4, ""), allowing("0%", subsystems(3, 4, "")), LiveState.EMPTY));
    }

    @Test
    void allMayGoWhereTheCandidateAllowsIt() {
        String hundred = subsystems(0, 100, "");

        assertEquals(List.of(), guards(hundred, allowing("100%", subsystems(99, 100, "")), LiveState.EMPTY));
        assertEquals(
                List.of("max_deletions"), guards(allowing("100%", hundred), subsystems(99, 100, ""), LiveState.EMPTY));
    }

    @Test
    void whatIsReplacedCountsAsRemoved() {
        String before = subsystems(0, 6, "");
        String serials = before.replace("allow_any_host", "serial_number: X, allow_any_host");
        String blocks = before.replace("size: 2MiB", "size: 2MiB, block_size: 4096");

        assertEquals(List.of("max_deletions"), guards(before, serials, LiveState.EMPTY));
        assertEquals(List.of("max_deletions"), guards(before, blocks, LiveState.EMPTY));
    }

    @Test
    void growthAndAdditionsCountForNothing() {
        String before = subsystems(0, 6, "");

        assertEquals(List.of(), guards(before, subsystems(0, 60, "").replace("2MiB", "3MiB"), LiveState.EMPTY));
    }

    private static LiveState live(List<Nsid> written, List<String> reservedBy) {
        SortedMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        SortedMap<Nsid, LiveState.Reservation> reservations = new TreeMap<>();
        if (!reservedBy.isEmpty()) {
            reservations.put(new Nsid(1), new LiveState.Reservation("write_exclusive", reservedBy));
        }
        facts.put(
                S0,
                new LiveState.Subsystem(
                        LiveState.SubsystemState.ACTIVE,
                        List.of(controller(1, READER, List.of()), controller(2, WRITER, written)),
                        new TreeMap<>(),
                        reservations));
        return new LiveState(read(subsystems(0, 2, "")).target(), facts);
    }

    private static LiveState.Controller controller(int cntlid, Nqn host, List<Nsid> written) {
        return new LiveState.Controller(
                cntlid,
                host,
                Integer.toString(cntlid).repeat(32),
                new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.1", 4420),
                List.of(),
                new TreeSet<>(written));
    }

    private static LiveState written() {
        return live(List.of(new Nsid(1)), List.of());
    }

    private static final String TWO = subsystems(0, 2, "");

    @Test
    void whatAConnectedHostHasWrittenToIsNotTakenAway() {
        List<String> ways = new ArrayList<>();
        ways.add(subsystems(1, 2, ""));
        ways.add(TWO.replace("namespaces: { 1: { bdev: b0 } }", "namespaces: {}"));
        ways.add(TWO.replace("bdev: b0 }", "bdev: b0, uuid: 00000000-0000-0000-0000-000000000001 }"));
        ways.add(TWO.replace("b0: { type: malloc, size: 2MiB", "b0: { type: malloc, size: 1MiB"));
        ways.add(TWO.replace("b0: { type: malloc", "b0: { type: \"null\""));
        ways.add(subsystems(0, 2, ", serial_number: OTHER"));
        ways.add(TWO.replace("bdev: b0 }", "bdev: b0, hosts: { " + READER + ": {} } }"));
        ways.add(TWO.replaceFirst("allow_any_host: true", "hosts: { " + READER + ": {} }"));
        for (String candidate : ways) {
            List<Refusal> refusals = check(TWO, candidate, written());
            assertEquals(1, refusals.size(), candidate);
            assertEquals("on_active", refusals.getFirst().guard());
            assertTrue(refusals.getFirst().approvable());
            assertTrue(
                    refusals.getFirst().message().contains("to which host " + WRITER + " has written"),
                    refusals.getFirst().message());
            assertEquals(List.of(), guards(TWO, candidate, live(List.of(), List.of())), candidate);
            assertEquals(
                    List.of(), guards(TWO, candidate + "reconcile: { on_active: proceed }\n", written()), candidate);
        }
    }

    @Test
    void whatTakesNothingAwayIsNotRefused() {
        assertEquals(List.of(), guards(TWO, subsystems(0, 1, ""), written()));
        assertEquals(List.of(), guards(TWO, TWO.replace("2MiB", "4MiB"), written()));
        assertEquals(
                List.of(),
                guards(TWO, TWO.replace("bdev: b0 }", "bdev: b0, hosts: { " + WRITER + ": {} } }"), written()));
        assertEquals(List.of(), guards(TWO, subsystems(1, 2, ""), live(List.of(new Nsid(2)), List.of())));
    }

    @Test
    void whatIsReservedIsNotTakenAwayEvenIfItsHolderIsNotConnected() {
        LiveState reserved = live(List.of(), List.of("f".repeat(32)));

        List<Refusal> refusals = check(TWO, subsystems(1, 2, ""), reserved);

        assertEquals(
                "subsystem " + S0 + " is in use: the candidate removes the subsystem with namespace 1, which host id "
                        + "f".repeat(32)
                        + " has reserved; disconnect the hosts first or, if it is meant, approve this plan",
                refusals.getFirst().message());
    }

    @Test
    void aHolderKeepsItsSight() {
        String hidden = TWO.replace("bdev: b0 }", "bdev: b0, hosts: { " + READER + ": {} } }");

        assertEquals(List.of("on_active"), guards(TWO, hidden, live(List.of(), List.of("2".repeat(32)))));
        assertEquals(List.of(), guards(TWO, hidden, live(List.of(), List.of("1".repeat(32)))));
    }
}
