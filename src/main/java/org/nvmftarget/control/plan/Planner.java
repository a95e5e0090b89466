package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/**
 * Orders the way from a live target to a desired one.
 *
 * <p>First what nobody sees yet: transports, new bdevs, growth. Then the subsystems, unit by unit (see {@link
 * UnitPlanner}), with what the discovery subsystem loses and refers to before them, and the addresses that it opens by
 * itself after them: an address that a subsystem opens, too, is whole by then. Last the bdevs and transports that nobody uses any more.
 */
public final class Planner {
    private final TargetConfig live;
    private final TargetConfig goal;
    private final Facts facts;
    private final StepList steps;
    private final BdevSteps bdevSteps;

    private Planner(TargetConfig live, TargetConfig goal, Facts facts) {
        this.live = live;
        this.goal = goal;
        this.facts = facts;
        this.steps = new StepList(facts);
        this.bdevSteps = new BdevSteps(steps, facts);
    }

    /**
     * The plan from {@code live} to {@code desired}.
     *
     * @param sources where the objects of {@code desired} are declared, for the reasons
     * @param acceptedGeneration of the spec that is desired; 0 if there is none
     * @param pending objects that wait for something outside, with why: they, and what depends on them, are left as
     *     they are live; an object that is as desired already, or is not declared, is ignored
     */
    public static Plan plan(
            LiveState live,
            TargetConfig desired,
            SourceMap sources,
            long acceptedGeneration,
            Map<ObjectRef, String> pending) {
        LiveState seen = LostListeners.seen(live, desired);
        TargetConfig before = Adopted.of(seen.config(), seen.config());
        TargetConfig reachable = Adopted.of(before, desired);
        Goal.Result goal = Goal.of(before, reachable, pending);
        Planner planner = new Planner(before, goal.config(), new Facts(seen, sources));
        planner.planAll();
        return new Plan(
                PlanId.of(before, desired),
                acceptedGeneration,
                planner.steps.toList(),
                Differ.diffAdopted(before, goal.config()),
                goal.pending(),
                List.of(),
                before,
                reachable);
    }

    private void planAll() {
        SortedMap<String, BdevDelta> bdevs = BdevDelta.of(live, goal);
        PathMoves moves = PathMoves.of(bdevs);
        List<BdevDelta> alone =
                bdevs.values().stream().filter(bdev -> !moves.contains(bdev)).toList();
        prepareTransports();
        alone.forEach(this::prepareBdev);
        moves.unused().forEach(bdevSteps::exchange);
        DiscoverySteps discovery = new DiscoverySteps(steps, facts, live, goal);
        discovery.beforeUnits();
        UnitPlanner units = new UnitPlanner(steps, facts, byUser(alone), moves.byUser(), bdevSteps);
        Units.of(touchedSubsystems(bdevs), bdevs.values(), moves).forEach(units::plan);
        discovery.afterUnits();
        alone.forEach(bdev -> {
            if (bdev.fate() == BdevDelta.Fate.REMOVED) {
                bdevSteps.remove(bdev.before().orElseThrow(), Disruption.NONE, Facts.UNDECLARED);
            }
        });
        for (TransportType trtype : live.transports().keySet()) {
            if (!goal.transports().containsKey(trtype)) {
                steps.add(new Step.RemoveTransport(trtype), Facts.UNDECLARED);
            }
        }
    }

    private void prepareTransports() {
        for (TransportOptions options : goal.transports().values()) {
            TransportOptions before = live.transports().get(options.trtype());
            String declared = facts.declared(new ObjectRef.Transport(options.trtype()));
            if (before == null) {
                steps.add(new Step.CreateTransport(options), declared);
            } else if (!before.equals(options)) {
                steps.add(new Step.SetTransportOptions(options), declared + "; holds for new connections");
            }
        }
    }

    private void prepareBdev(BdevDelta bdev) {
        Optional<BdevSpec> after = bdev.after();
        if (bdev.isAltered()) {
            bdevSteps.alter(bdev.before().orElseThrow(), after.orElseThrow());
        }
        switch (bdev.fate()) {
            case CREATED -> bdevSteps.create(after.orElseThrow());
            case GROWN -> bdevSteps.grow(after.orElseThrow());
            case SHRUNK, REPLACED -> {
                if (bdev.liveUser().isEmpty()) {
                    bdevSteps.change(bdev);
                }
            }
            case UNTOUCHED, REMOVED -> {}
        }
    }

    private static Map<Nqn, List<BdevDelta>> byUser(List<BdevDelta> bdevs) {
        Map<Nqn, List<BdevDelta>> byUser = new HashMap<>();
        for (BdevDelta bdev : bdevs) {
            if (bdev.changesUnderUser()) {
                Nqn user = bdev.liveUser().orElseThrow().nqn();
                byUser.computeIfAbsent(user, _ -> new ArrayList<>()).add(bdev);
            }
        }
        return byUser;
    }

    private List<SubsystemDelta> touchedSubsystems(Map<String, BdevDelta> bdevs) {
        SortedSet<Nqn> all = new TreeSet<>(live.subsystems().keySet());
        all.addAll(goal.subsystems().keySet());
        List<SubsystemDelta> touched = new ArrayList<>();
        for (Nqn nqn : all) {
            SubsystemDelta delta = SubsystemDelta.of(
                    nqn,
                    Optional.ofNullable(live.subsystems().get(nqn)),
                    Optional.ofNullable(goal.subsystems().get(nqn)),
                    bdevs);
            if (delta.isTouched()) {
                touched.add(delta);
            }
        }
        return touched;
    }
}
