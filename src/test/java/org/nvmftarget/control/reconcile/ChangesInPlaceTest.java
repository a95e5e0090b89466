package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Differ;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TargetConfig;

/** ANA states, ANA groups, namespace hosts and discovery, from plan to target: what is taken back, and what stays apart. */
class ChangesInPlaceTest {

    private static final String BEFORE = """
            version: 1
            transports: { tcp: }
            bdevs: { m: { type: malloc, size: 1MiB } }
            subsystems:
              nqn.2026-11.org.example:a:
                allow_any_host: true
                namespaces: { 1: { bdev: m } }
                listeners:
                  - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }
                  - { trtype: tcp, traddr: 10.0.0.2, trsvcid: 4420, ana_state: { 2: inaccessible } }
            discovery:
              referrals: [ { trtype: tcp, traddr: 192.0.2.1, trsvcid: 8009 } ]
            """;

    private static final String AFTER = """
            version: 1
            transports: { tcp: }
            bdevs: { m: { type: malloc, size: 1MiB } }
            subsystems:
              nqn.2026-11.org.example:a:
                allow_any_host: true
                namespaces: { 1: { bdev: m, ana_group: 2, hosts: { nqn.2026-11.org.example:h: } } }
                listeners:
                  - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420, ana_state: { 2: inaccessible } }
                  - { trtype: tcp, traddr: 10.0.0.2, trsvcid: 4420 }
                  - { trtype: tcp, traddr: 10.0.0.3, trsvcid: 4420 }
            discovery:
              listeners: [ { trtype: tcp, traddr: 10.0.0.1, trsvcid: 8009 } ]
              referrals: [ { trtype: tcp, traddr: 192.0.2.1, trsvcid: 8009, secure_channel: true } ]
            """;

    private final FakeTarget target = new FakeTarget();

    private static SpecResult read(String text) {
        SpecResult result = SpecReader.read(List.of(new SpecText("target.yaml", text)));
        assertEquals(List.of(), result.problems());
        return result;
    }

    private static TargetConfig config(String text) {
        return read(text).state().orElseThrow().target();
    }

    private Execution carryOut(String text) {
        SpecResult spec = read(text);
        Plan plan = Planner.plan(target.snapshot(), spec.state().orElseThrow().target(), spec.sources(), 1, Map.of());
        return Executor.run(target, plan, Duration.ofSeconds(1), () -> 0, () -> false);
    }

    @BeforeEach
    void startFromBefore() {
        assertTrue(carryOut(BEFORE).isWhole());
        assertEquals(config(BEFORE), target.config());
        target.drain();
    }

    @Test
    void whatCanChangeInPlaceChangesInPlaceAndBack() {
        assertTrue(carryOut(AFTER).isWhole());
        assertEquals(config(AFTER), target.config());
        assertFalse(target.drain().stream().anyMatch(step -> step.contains("namespace ") && step.startsWith("remove")));

        assertTrue(carryOut(BEFORE).isWhole());
        assertEquals(config(BEFORE), target.config());
    }

    @Test
    void aFailedUnitIsTakenBackToTheStatesGroupsAndHostsThatWereThere() {
        target.fault = step ->
                step instanceof Step.AddListener add && add.address().traddr().equals("10.0.0.3")
                        ? new StepResult.Failed("no memory")
                        : null;

        Execution execution = carryOut(AFTER);

        assertEquals(config(BEFORE).subsystems(), target.config().subsystems());
        assertFalse(target.isAnyPaused());
        assertEquals(
                List.of("set_ana_state", "set_ana_group", "set_ana_state", "set_namespace_hosts"),
                execution.undone().stream().map(run -> run.step().action()).toList());
    }

    @Test
    void aSubsystemThatFailsLeavesDiscoveryAlone() {
        target.fault = step -> step instanceof Step.SetAnaGroup ? new StepResult.Failed("no") : null;

        carryOut(AFTER);

        assertEquals(config(BEFORE).subsystems(), target.config().subsystems());
        assertEquals(config(AFTER).discovery(), target.config().discovery());
    }

    @Test
    void eachListenerAndReferralOfDiscoveryFailsByItself() {
        target.fault = step -> step instanceof Step.AddListener add && add.nqn().equals(Nqn.DISCOVERY)
                ? new StepResult.Failed("no")
                : null;

        Execution execution = carryOut(AFTER);

        assertEquals(1, execution.failures().size());
        assertEquals(List.of(), execution.undone());
        assertEquals(1, Differ.diff(target.config(), config(AFTER)).size());
    }

    @Test
    void aReferralThatCannotComeBackIsReportedAndItsRemovalStands() {
        target.fault = step -> step instanceof Step.AddReferral ? new StepResult.Failed("no") : null;

        Execution execution = carryOut(AFTER);

        assertTrue(execution.failures().getFirst().message().contains("add_referral"));
        assertTrue(target.config().discovery().referrals().isEmpty());
        assertEquals(config(AFTER).subsystems(), target.config().subsystems());
    }

    @Test
    void aListenerOfDiscoveryMayWait() {
        target.fault = step -> step instanceof Step.AddListener add && add.nqn().equals(Nqn.DISCOVERY)
                ? new StepResult.Waiting("EADDRNOTAVAIL", "no such address")
                : null;

        Execution execution = carryOut(AFTER);

        assertEquals(List.of(), execution.failures());
        assertEquals(List.of("no such address"), List.copyOf(execution.waiting().values()));
    }
}
