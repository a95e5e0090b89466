package org.nvmftarget.control.render;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.DataEffect;
import org.nvmftarget.control.plan.Disruption;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** {@code docs/changes.md}: what the planner does with each edit of {@link Edits}. */
final class ChangesTable {
    private static final String HEAD = """
        # What a change does

        For each key of the spec file: the steps by which an edit of it is carried out, what hosts notice at worst, and
        what becomes of data and of I/O that is under way. Nothing here needs a restart of the program.
        The table is made from the planner by a test; [spec.md](spec.md) explains the keys, and `nvmf-target plan` tells
        the same of your own edit, with the hosts that it touches.

        The disruption is one of `none` (I/O flows), `admin` (admin commands and Connect are held for the pause, at most
        `reconcile.pause_timeout`), `namespace` (I/O to one namespace is held), `disconnect` (hosts are dropped) and
        `replace` (something goes and comes again as another). What is held is executed in its order when the pause ends.

        | key | edit | steps | disruption | data | I/O under way |
        |---|---|---|---|---|---|
        """;

    private ChangesTable() {}

    static String render() {
        StringBuilder text = new StringBuilder(HEAD);
        Edits.all().forEach(edit -> text.append(row(edit)));
        return text.toString();
    }

    private static String row(Edits.Edit edit) {
        Plan plan = plan(edit);
        boolean none = plan.steps().isEmpty();
        if (none == edit.note().isEmpty()) {
            throw new AssertionError(edit.field() + " " + edit.what() + ": " + plan.steps());
        }
        boolean lost = plan.steps().stream().anyMatch(step -> step.data() == DataEffect.LOST);
        return "| `" + edit.field() + "` | " + (edit.what().isEmpty() ? "another value" : edit.what()) + " | "
                + (none ? "none" : steps(plan)) + " | " + plan.disruption().key() + " | " + (lost ? "lost" : "kept")
                + " | " + (none ? edit.note() : underWay(plan)) + " |\n";
    }

    static Plan plan(Edits.Edit edit) {
        TargetConfig before = read(edit.before()).state().orElseThrow().target();
        SpecResult after = read(edit.after());
        TargetConfig desired = after.state()
                .orElseThrow(() -> new AssertionError(edit.field() + ": " + after.problems()))
                .target();
        return Planner.plan(live(before), desired, after.sources(), 1, Map.of());
    }

    private static SpecResult read(String text) {
        return SpecReader.read(List.of(new SpecText("target.yaml", text)));
    }

    private static LiveState live(TargetConfig config) {
        SortedMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        connect(facts, config, Edits.CLOSED, Edits.HOST_A, "10.0.0.1");
        connect(facts, config, Edits.CLOSED, Edits.HOST_B, "10.0.0.2");
        connect(facts, config, Edits.OPEN, Edits.HOST_C, "10.0.0.1");
        return new LiveState(config, facts);
    }

    private static void connect(
            SortedMap<Nqn, LiveState.Subsystem> facts, TargetConfig config, String nqn, String host, String traddr) {
        TransportAddress address = new TransportAddress(TransportType.TCP, AddressFamily.IPV4, traddr, 4420);
        LiveState.Controller controller =
                new LiveState.Controller(1, new Nqn(host), "1".repeat(32), address, List.of(), new TreeSet<>());
        if (config.subsystems().containsKey(new Nqn(nqn))) {
            facts.merge(
                    new Nqn(nqn),
                    new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, List.of(controller)),
                    (a, b) -> new LiveState.Subsystem(
                            a.state(),
                            Stream.concat(a.controllers().stream(), b.controllers().stream())
                                    .toList()));
        }
    }

    /** Each action once, in the order of its first step. */
    private static String steps(Plan plan) {
        Set<String> actions = new LinkedHashSet<>();
        plan.steps().forEach(step -> actions.add(step.step().action()));
        return String.join(", ", actions.stream().map(a -> "`" + a + "`").toList());
    }

    /** By the worst that happens to a host of the plan. */
    private static String underWay(Plan plan) {
        if (has(plan, Step.RemoveSubsystem.class)) {
            return plan.disruption() == Disruption.REPLACE
                    ? "ends with its connection, as does every other of the subsystem; hosts connect again, to the new"
                            + " one"
                    : "ends with its connection; hosts cannot connect again";
        }
        if (has(plan, Step.RemoveHost.class) || has(plan, Step.SetAllowAnyHost.class)) {
            return plan.disruption() == Disruption.DISCONNECT
                    ? "of hosts that lose access: ends with its connection; of others: flows"
                    : "flows";
        }
        if (has(plan, Step.RemoveNamespace.class)) {
            return plan.disruption() == Disruption.REPLACE
                    ? "to the namespace: is finished before it goes; what was held meanwhile goes to the one that"
                            + " comes, which hosts are told is another"
                    : "to the namespace: is finished before it goes; what was held meanwhile ends with Invalid"
                            + " Namespace";
        }
        if (has(plan, Step.RemoveListener.class) && plan.disruption() == Disruption.DISCONNECT) {
            return "through the address: ends with its connection; through others: flows";
        }
        return inPlace(plan);
    }

    private static String inPlace(Plan plan) {
        if (has(plan, Step.SetNamespaceHosts.class) && plan.disruption() == Disruption.NAMESPACE) {
            return "to the namespace: is finished, then held; then goes on, and for hosts that lose it ends with"
                    + " Invalid Namespace";
        }
        if (has(plan, Step.ResizeBdev.class) && plan.disruption() == Disruption.NAMESPACE) {
            return "to the namespace: is finished, then held; then goes on, and beyond the new end fails with LBA Out"
                    + " of Range";
        }
        if (has(plan, Step.SetBdevLimits.class)) {
            return "flows; what waits for its turn goes by the new limits";
        }
        if (has(plan, Step.SetBdevLatencies.class) || has(plan, Step.SetBdevErrors.class)) {
            return "flows; what comes from then on goes by it";
        }
        if (has(plan, Step.SetAnaState.class)) {
            return "flows; by the path that changes it is answered by the new state from then on";
        }
        if (has(plan, Step.SetHostKeys.class)) {
            return "flows; who is connected stays, who connects must go by it";
        }
        return has(plan, Step.SetTransportOptions.class)
                ? "flows; connections that are there keep the options they came with, new ones get these"
                : "flows";
    }

    private static boolean has(Plan plan, Class<? extends Step> kind) {
        return plan.steps().stream().map(PlanStep::step).anyMatch(kind::isInstance);
    }
}
