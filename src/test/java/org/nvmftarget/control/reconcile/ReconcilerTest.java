package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.control.admit.AcceptedSpec;
import org.nvmftarget.control.admit.StoredSpec;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Differ;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReconcilerTest {
    private static final String HEAD = """
            version: 1
            transports: { tcp: }
            bdevs:
              m0: { type: malloc, size: 1MiB }
              m1: { type: malloc, size: 1MiB }
            """;
    private static final String A = """
            subsystems:
              nqn.2026-11.org.example:a:
                namespaces: { 1: { bdev: m0 } }
                listeners: [ { trtype: tcp, traddr: 127.0.0.1, trsvcid: 4420 } ]
            """;
    private static final String A_GROWN = """
            subsystems:
              nqn.2026-11.org.example:a:
                namespaces: { 1: { bdev: m0 }, 2: { bdev: m1 } }
                listeners:
                  - { trtype: tcp, traddr: 127.0.0.1, trsvcid: 4420 }
                  - { trtype: tcp, traddr: 127.0.0.2, trsvcid: 4420 }
            """;
    private static final String B = """
              nqn.2026-11.org.example:b:
                allow_any_host: true
                listeners: [ { trtype: tcp, traddr: 127.0.0.9, trsvcid: 4420 } ]
            """;
    private static final String SUB_A = "subsystems.nqn.2026-11.org.example:a";

    @TempDir
    Path folder;

    private final FakeTarget target = new FakeTarget();
    private final StatusBoard board = new StatusBoard(() -> Instant.EPOCH);
    private final List<Plan> plans = new ArrayList<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private long nowNs = 1L << 40;
    private long generation;
    private Journal journal;
    private Reconciler reconciler;
    private AcceptedSpec accepted = spec(HEAD);

    @BeforeEach
    void open() throws IOException {
        journal = Journal.open(folder, () -> Instant.EPOCH, Journal.ROTATE_BYTES);
        reconciler = new Reconciler(
                target,
                new JournalEntries(journal),
                board,
                () -> nowNs,
                new Backoff(new Random(1)),
                plans::add,
                stopping::get);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private AcceptedSpec spec(String text) {
        generation++;
        List<SpecText> texts = List.of(new SpecText("target.yaml", text));
        SpecResult read = SpecReader.read(texts);
        assertEquals(List.of(), read.problems());
        StoredSpec stored = new StoredSpec(generation, "sha256:" + generation, Instant.EPOCH, texts);
        return new AcceptedSpec(stored, read.state().orElseThrow(), read.sources());
    }

    private void apply(String text) {
        accepted = spec(text);
        board.accepted(accepted);
        reconciler.pass(Trigger.EDIT, accepted);
    }

    private void retry() {
        nowNs += Math.max(0, reconciler.retryInNs().orElse(0));
        reconciler.pass(Trigger.RETRY, accepted);
    }

    private boolean isAsDeclared() {
        return Differ.diff(target.config(), accepted.state().target()).isEmpty();
    }

    private List<JsonNode> entries(String event) {
        return journal.last(1000).stream()
                .map(line -> new JsonMapper().readTree(line))
                .filter(entry -> entry.get("event").asString().equals(event))
                .toList();
    }

    private static boolean is(Step step, String action, String object) {
        return step.action().equals(action) && step.object().toString().contains(object);
    }

    @Test
    void makesTheTargetAsDeclared() {
        apply(HEAD + A_GROWN + B);

        assertTrue(isAsDeclared());
        assertTrue(board.status().has(Condition.Type.CONVERGED));
        assertEquals(generation, board.status().convergedGeneration());
        assertFalse(target.isAnyPaused());
    }

    @Test
    void doesNothingTwice() {
        apply(HEAD + A);
        target.drain();

        reconciler.pass(Trigger.DRIFT, accepted);

        assertEquals(List.of(), target.drain());
        assertEquals(1, entries("plan").size());
    }

    @Test
    void pausesAddsAndResumesInOnePlan() {
        apply(HEAD + A);
        target.drain();

        apply(HEAD + A_GROWN);

        List<String> steps = target.drain();
        assertEquals("pause_subsystem " + SUB_A, steps.getFirst());
        assertEquals("resume_subsystem " + SUB_A, steps.getLast());
        JsonNode entry = entries("plan").getLast();
        assertEquals("edit", entry.get("trigger").asString());
        assertEquals(2, entry.get("generation").asLong() - 1);
        assertEquals("converged", entry.get("outcome").asString());
        assertEquals("pause_subsystem", entry.get("steps").get(0).get("action").asString());
        assertEquals("done", entry.get("steps").get(0).get("outcome").asString());
        assertEquals(1, entry.get("steps").get(0).get("n").asInt());
    }

    @Test
    void tellsOfTheFirstPlanEvenIfItIsEmpty() {
        apply("version: 1\n");

        assertEquals(1, plans.size());
        assertEquals(List.of(), entries("plan"));
        assertTrue(board.status().has(Condition.Type.READY));
    }

    @Test
    void leavesOutWhatAProbeFindsToWaitAndAppliesTheRest() {
        apply(HEAD + A);
        target.probe = step -> is(step, "add_listener", "127.0.0.2")
                ? new StepResult.Waiting("EADDRNOTAVAIL", "no such address")
                : null;

        apply(HEAD + A_GROWN);

        assertTrue(board.status().has(Condition.Type.CONVERGED));
        assertTrue(board.status().has(Condition.Type.DEGRADED));
        assertEquals("no such address", board.status().pending().getFirst().reason());
        assertFalse(isAsDeclared());
    }

    @Test
    void neverPausesForWhatWaits() {
        apply(HEAD + A);
        target.drain();
        target.probe = step -> step instanceof Step.AddListener ? new StepResult.Waiting("EADDRNOTAVAIL", "no") : null;

        apply(HEAD
                + A.replace("}\n ]", "}")
                        .replace("4420 } ]", "4420 }, { trtype: tcp, traddr: 127.0.0.2, trsvcid: 1 } ]"));

        assertEquals(List.of(), target.drain());
    }

    @Test
    void healsWhatWaitedOnceItIsThere() {
        target.probe = step -> step instanceof Step.AddListener ? new StepResult.Waiting("EADDRINUSE", "in use") : null;
        apply(HEAD + A);
        assertFalse(isAsDeclared());

        target.probe = step -> null;
        retry();

        assertTrue(isAsDeclared());
        assertEquals(List.of(), board.status().pending());
        assertFalse(board.status().has(Condition.Type.DEGRADED));
        assertEquals("retry", entries("healed").getFirst().get("trigger").asString());
        assertTrue(reconciler.retryInNs().isEmpty());
    }

    @Test
    void triesWhatWaitsAtOnceWhenSomethingBelowChanged() {
        target.probe = step -> step instanceof Step.AddListener ? new StepResult.Waiting("ENODEV", "no device") : null;
        apply(HEAD + A);
        target.probe = step -> null;

        reconciler.pass(Trigger.OUTSIDE, accepted);

        assertTrue(isAsDeclared());
    }

    @Test
    void doesNotTryWhatWaitsBeforeItsTime() {
        List<Step> probed = new ArrayList<>();
        target.probe = step -> {
            probed.add(step);
            return step instanceof Step.AddListener ? new StepResult.Waiting("ENODEV", "no device") : null;
        };
        apply(HEAD + A);
        probed.clear();

        reconciler.pass(Trigger.DRIFT, accepted);

        assertEquals(List.of(), probed);
        assertEquals(1, board.status().pending().size());
    }

    @Test
    void waitsLongerAfterEachTryInVainUpToTheMost() {
        target.probe = step -> step instanceof Step.AddListener ? new StepResult.Waiting("ENODEV", "no device") : null;
        apply(HEAD + A);
        long firstNs = reconciler.retryInNs().orElseThrow();
        for (int i = 0; i < 20; i++) {
            retry();
        }
        long lastNs = reconciler.retryInNs().orElseThrow();

        assertTrue(firstNs <= Backoff.LEAST.toNanos(), () -> "first " + firstNs);
        assertTrue(lastNs >= Backoff.MOST.toNanos() / 2 && lastNs <= Backoff.MOST.toNanos(), () -> "last " + lastNs);
    }

    @Test
    void keepsWhatWaitsWhoseTimeComesWhileAPassIsUnderWay() {
        target.probe = step -> {
            nowNs += Backoff.LEAST.toNanos();
            return step instanceof Step.AddListener ? new StepResult.Waiting("ENODEV", "no device") : null;
        };
        apply(HEAD + A + B);
        for (int i = 0; i < 20; i++) {
            retry();
            assertEquals(2, board.status().pending().size());
            assertTrue(board.status().has(Condition.Type.CONVERGED));
        }
    }

    @Test
    void makesAnObjectPendingThatBeginsToWaitBetweenProbeAndStep() {
        apply(HEAD + A);
        target.fault =
                step -> is(step, "add_listener", "127.0.0.2") ? new StepResult.Waiting("EADDRINUSE", "taken") : null;

        apply(HEAD + A_GROWN);

        assertEquals("taken", board.status().pending().getFirst().reason());
        assertTrue(board.status().has(Condition.Type.CONVERGED));
        assertFalse(target.isAnyPaused());
        assertTrue(target.drain().contains("add_namespace " + SUB_A + ".namespaces.2"));
    }

    @Test
    void takesBackTheUnitOfAFailedStepInsideThePause() {
        apply(HEAD + A);
        var before = target.config();
        target.drain();
        target.fault = step -> is(step, "add_listener", "127.0.0.2") ? new StepResult.Failed("no memory") : null;

        apply(HEAD + A_GROWN);

        assertEquals(before, target.config());
        assertEquals(
                List.of(
                        "pause_subsystem " + SUB_A,
                        "add_namespace " + SUB_A + ".namespaces.2",
                        "remove_namespace " + SUB_A + ".namespaces.2",
                        "resume_subsystem " + SUB_A),
                target.drain());
        assertFalse(board.status().has(Condition.Type.CONVERGED));
        assertTrue(board.status().failures().getFirst().contains("no memory"));
        assertEquals(1, entries("plan").getLast().get("undone").size());
    }

    @Test
    void triesAFailedUnitAgainAndHeals() {
        apply(HEAD + A);
        target.fault = step -> is(step, "add_listener", "127.0.0.2") ? new StepResult.Failed("no memory") : null;
        apply(HEAD + A_GROWN);
        target.fault = step -> null;

        retry();

        assertTrue(isAsDeclared());
        assertTrue(board.status().has(Condition.Type.CONVERGED));
        assertEquals(List.of(), board.status().failures());
        assertEquals(1, entries("healed").size());
    }

    @Test
    void keepsAFailedUnitWholeUntilItIsTriedAgain() {
        apply(HEAD + A);
        target.fault = step -> is(step, "add_listener", "127.0.0.2") ? new StepResult.Failed("no memory") : null;
        apply(HEAD + A_GROWN);
        target.drain();

        reconciler.pass(Trigger.DRIFT, accepted);

        assertEquals(List.of(), target.drain());
        assertFalse(board.status().has(Condition.Type.CONVERGED));
    }

    @Test
    void keepsIndependentFailuresApart() {
        target.fault = step -> is(step, "create_subsystem", ":a") ? new StepResult.Failed("no") : null;

        apply(HEAD + A + B);

        assertEquals(
                "[nqn.2026-11.org.example:b]",
                target.config().subsystems().keySet().toString());
        assertEquals(
                1,
                target.config().subsystems().firstEntry().getValue().listeners().size());
    }

    @Test
    void goesOnForwardOnceSomethingIsGoneForGood() {
        apply(HEAD + A);
        target.fault = step -> is(step, "add_namespace", "namespaces.2") ? new StepResult.Failed("no") : null;

        apply(HEAD + """
                  subsystems:
                    nqn.2026-11.org.example:a:
                      namespaces: { 2: { bdev: m0 } }
                      listeners: [ { trtype: tcp, traddr: 127.0.0.1, trsvcid: 4420 } ]
                  """);
        assertFalse(target.isAnyPaused());
        assertEquals(0, entries("plan").getLast().get("undone").size());

        target.fault = step -> null;
        retry();
        assertTrue(isAsDeclared());
    }

    @Test
    void resumesWhenAStepThrows() {
        apply(HEAD + A);
        target.fault = step -> {
            if (is(step, "add_listener", "127.0.0.2")) {
                throw new IllegalStateException("a bug");
            }
            return null;
        };

        apply(HEAD + A_GROWN);

        assertFalse(target.isAnyPaused());
        assertTrue(board.status().failures().getFirst().contains("a bug"));
    }

    @Test
    void skipsTheRestWhenThePauseFails() {
        apply(HEAD + A);
        target.drain();
        target.fault = step -> step instanceof Step.PauseSubsystem ? new StepResult.Failed("I/O did not drain") : null;

        apply(HEAD + A_GROWN);

        assertEquals(List.of(), target.drain());
        assertTrue(board.status().failures().getFirst().contains("I/O did not drain"));
    }

    @Test
    void triesAFailedResumeAgainUntilItSucceeds() {
        apply(HEAD + A);
        target.fault = step -> step instanceof Step.ResumeSubsystem ? new StepResult.Failed("no") : null;
        apply(HEAD + A_GROWN);
        assertTrue(target.isAnyPaused());
        assertFalse(board.status().has(Condition.Type.CONVERGED));
        assertTrue(reconciler.retryInNs().isPresent());

        target.fault = step -> null;
        retry();

        assertFalse(target.isAnyPaused());
        assertTrue(board.status().has(Condition.Type.CONVERGED));
    }

    @Test
    void doesNotBelieveAStepThatChangedNothing() {
        apply(HEAD + A);
        target.lies = step -> is(step, "add_listener", "127.0.0.2");

        apply(HEAD + A_GROWN);
        assertFalse(board.status().has(Condition.Type.CONVERGED));
        assertTrue(board.status().failures().getFirst().contains("still differs"));

        target.lies = step -> false;
        retry();
        assertTrue(isAsDeclared());
        assertTrue(board.status().has(Condition.Type.CONVERGED));
    }

    @Test
    void mendsDrift() {
        apply(HEAD + A);
        target.apply(new Step.RemoveSubsystem(target.config().subsystems().firstKey()), java.time.Duration.ZERO);

        reconciler.pass(Trigger.DRIFT, accepted);

        assertTrue(isAsDeclared());
        assertEquals("drift", entries("healed").getFirst().get("trigger").asString());
    }

    @Test
    void writesARetryThatFailsAsBeforeOnlyOnce() {
        target.fault = step -> step instanceof Step.CreateSubsystem ? new StepResult.Failed("no") : null;
        apply(HEAD + A);
        int before = entries("plan").size();

        for (int i = 0; i < 10; i++) {
            retry();
        }

        assertTrue(entries("plan").size() <= before + 1);
    }

    @Test
    void beginsNothingNewWhenItStopsButResumes() {
        apply(HEAD + A);
        target.drain();
        target.fault = step -> {
            stopping.set(step instanceof Step.PauseSubsystem || stopping.get());
            return null;
        };

        apply(HEAD + A_GROWN);

        assertEquals(List.of("pause_subsystem " + SUB_A, "resume_subsystem " + SUB_A), target.drain());
        assertFalse(board.status().has(Condition.Type.CONVERGED));
    }

    @Test
    void survivesASnapshotThatThrowsAndTriesAgain() {
        accepted = spec(HEAD + A);
        board.accepted(accepted);
        target.probe = step -> {
            throw new IllegalStateException("a bug");
        };
        reconciler.pass(Trigger.EDIT, accepted);
        assertTrue(board.status().failures().getFirst().contains("a bug"));
        assertTrue(reconciler.retryInNs().isPresent());

        target.probe = step -> null;
        retry();
        assertTrue(isAsDeclared());
    }
}
