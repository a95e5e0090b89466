package org.nvmftarget.control.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Guards;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;

/**
 * One folder of {@code src/test/resources/plan}: {@code live.yaml} is accepted and live, {@code desired.yaml} is to be.
 * Comments say what no spec can:
 *
 * <pre>
 * in live.yaml      # connected: HOST to SUBSYSTEM by ADDRESS[, has written to NSID]
 *                   # reserved: SUBSYSTEM NSID
 *                   # lost: SUBSYSTEM ADDRESS        the listener has closed by itself
 *                   # key older: SUBSYSTEM HOST    the file holds another key than the one in force; or key unread
 * in desired.yaml   # waits: OBJECT: REASON
 * </pre>
 */
record PlanCase(String name, Plan plan) {
    private static final Path FOLDER = Path.of("src/test/resources/plan");
    private static final long GENERATION = 7;
    private static final String HOST_ID = "0f".repeat(16);

    private static final Pattern CONNECTED =
            Pattern.compile("(?m)^# connected: (\\S+) to (\\S+) by (\\S+ \\S+?)(?:, has written to (\\d+))?$");
    private static final Pattern RESERVED = Pattern.compile("(?m)^# reserved: (\\S+) (\\d+)$");
    private static final Pattern LOST = Pattern.compile("(?m)^# lost: (\\S+) (\\S+ \\S+)$");
    private static final Pattern OLDER = Pattern.compile("(?m)^# key older: (\\S+) (\\S+)$");
    private static final Pattern UNREAD = Pattern.compile("(?m)^# key unread: (\\S+) (\\S+)$");
    private static final Pattern WAITS = Pattern.compile("(?m)^# waits: (.+?): (E[A-Z]+: .+)$");
    private static final Pattern DIRECTIVE = Pattern.compile("(?m)^# (key )?\\w+:.*$");

    static Path folder(String name) {
        return FOLDER.resolve(name);
    }

    static List<PlanCase> all() throws IOException {
        List<PlanCase> cases = new ArrayList<>();
        try (Stream<Path> folders = Files.list(FOLDER)) {
            for (Path folder : folders.sorted().toList()) {
                cases.add(new PlanCase(String.valueOf(folder.getFileName()), plan(folder)));
            }
        }
        return cases;
    }

    private static Plan plan(Path folder) throws IOException {
        String liveText = Files.readString(folder.resolve("live.yaml"));
        String desiredText = Files.readString(folder.resolve("desired.yaml"));
        DesiredState accepted =
                read(liveText, "live.yaml").state().orElseThrow(() -> new AssertionError(folder + ": live.yaml"));
        SpecResult read = read(desiredText, "desired.yaml");
        DesiredState desired = read.state().orElseThrow(() -> new AssertionError(folder + ": " + read.problems()));
        LiveState live = live(accepted.target(), liveText);
        Plan all = Planner.plan(live, desired.target(), read.sources(), GENERATION, Map.of());
        Plan plan = Planner.plan(live, desired.target(), read.sources(), GENERATION, waiting(all, desiredText));
        checkDirectives(folder, liveText, CONNECTED, RESERVED, LOST, OLDER, UNREAD);
        checkDirectives(folder, desiredText, WAITS);
        return plan.withRefused(Guards.check(accepted.target(), desired.target(), desired.reconcile(), live));
    }

    private static SpecResult read(String text, String name) {
        return SpecReader.read(List.of(new SpecText(name, text)));
    }

    /** A comment that is nearly one of ours is a mistake. */
    private static void checkDirectives(Path folder, String text, Pattern... known) {
        DIRECTIVE.matcher(text).results().map(MatchResult::group).forEach(line -> {
            if (Stream.of(known).noneMatch(pattern -> pattern.matcher(line).matches())) {
                throw new AssertionError(folder + ": what is " + line);
            }
        });
    }

    private static Map<ObjectRef, String> waiting(Plan all, String text) {
        Map<ObjectRef, String> waiting = new HashMap<>();
        WAITS.matcher(text).results().forEach(found -> {
            ObjectRef object = all.steps().stream()
                    .map(PlanStep::step)
                    .map(step -> step.object())
                    .filter(o -> o.toString().equals(found.group(1)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no step is about " + found.group(1)));
            waiting.put(object, found.group(2));
        });
        return waiting;
    }

    /** A target knows nothing of {@code protect}. */
    private static LiveState live(TargetConfig accepted, String text) {
        SortedMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        SortedMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>();
        for (SubsystemSpec s : accepted.subsystems().values()) {
            SortedMap<TransportAddress, ListenerSpec> kept = new TreeMap<>(s.listeners());
            SortedMap<TransportAddress, ListenerSpec> lost = new TreeMap<>(s.listeners());
            lost.keySet().removeIf(address -> !isIn(LOST, text, s.nqn(), address.toString()));
            kept.keySet().removeAll(lost.keySet());
            subsystems.put(s.nqn(), unprotected(s, kept, text));
            facts.put(
                    s.nqn(),
                    new LiveState.Subsystem(
                            LiveState.SubsystemState.ACTIVE, controllers(s, text), lost, reservations(s, text)));
        }
        return new LiveState(
                new TargetConfig(accepted.transports(), accepted.bdevs(), subsystems, accepted.discovery()), facts);
    }

    private static boolean isIn(Pattern pattern, String text, Nqn nqn, String second) {
        return pattern.matcher(text)
                .results()
                .anyMatch(m -> m.group(1).equals(nqn.value()) && m.group(2).equals(second));
    }

    private static List<LiveState.Controller> controllers(SubsystemSpec s, String text) {
        List<LiveState.Controller> controllers = new ArrayList<>();
        CONNECTED
                .matcher(text)
                .results()
                .filter(m -> m.group(2).equals(s.nqn().value()))
                .forEach(m -> {
                    TransportAddress address = s.listeners().keySet().stream()
                            .filter(a -> a.toString().equals(m.group(3)))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("no listener " + m.group(3)));
                    TreeSet<Nsid> written = new TreeSet<>();
                    if (m.group(4) != null) {
                        written.add(new Nsid(Integer.parseInt(m.group(4))));
                    }
                    controllers.add(new LiveState.Controller(
                            controllers.size() + 1, new Nqn(m.group(1)), HOST_ID, address, List.of(), written));
                });
        return controllers;
    }

    private static SortedMap<Nsid, LiveState.Reservation> reservations(SubsystemSpec s, String text) {
        SortedMap<Nsid, LiveState.Reservation> reservations = new TreeMap<>();
        s.namespaces().keySet().stream()
                .filter(nsid -> isIn(RESERVED, text, s.nqn(), nsid.toString()))
                .forEach(
                        nsid -> reservations.put(nsid, new LiveState.Reservation("write_exclusive", List.of(HOST_ID))));
        return reservations;
    }

    private static SubsystemSpec unprotected(
            SubsystemSpec s, SortedMap<TransportAddress, ListenerSpec> listeners, String text) {
        SortedMap<Nqn, HostKeys> keys = new TreeMap<>(s.hostKeys());
        keys.replaceAll((host, declared) -> isIn(OLDER, text, s.nqn(), host.value())
                ? declared.in(KeyFile.State.CHANGED)
                : isIn(UNREAD, text, s.nqn(), host.value()) ? declared.in(KeyFile.State.UNREAD) : declared);
        return new SubsystemSpec(
                s.nqn(),
                s.serialNumber(),
                s.modelNumber(),
                s.maxNamespaces(),
                s.minCntlid(),
                s.maxCntlid(),
                s.allowAnyHost(),
                s.hosts(),
                keys,
                s.namespaces(),
                listeners,
                false);
    }
}
