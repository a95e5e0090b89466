package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.admit.AcceptedSpec;
import org.nvmftarget.control.admit.StoredSpec;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Differ;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;

class ReconcilerProperties {

    /** Whatever fails, nothing stays paused, and once faults end the target becomes what is declared. */
    @Property(tries = 60)
    void endsAsDeclaredAndNeverPausedWhateverFailsOnTheWay(@ForAll long seed) throws IOException {
        try (World world = new World(seed)) {
            for (int edit = 1; edit <= 4; edit++) {
                world.edit(edit);
                for (int i = 0; i < 4; i++) {
                    assertFalse(world.target.isAnyPaused(), world.target::toString);
                    world.retry();
                }
            }
            world.calm();
            for (int i = 0; i < 6; i++) {
                world.retry();
            }
            world.assertAsDeclared();
        }
    }

    /** Resumes that fail are the one thing that leaves a pause behind, and only until the next pass. */
    @Property(tries = 40)
    void resumesInTheEndEvenIfResumesFail(@ForAll long seed) throws IOException {
        try (World world = new World(seed)) {
            world.resumesFail = true;
            for (int edit = 1; edit <= 4; edit++) {
                world.edit(edit);
                world.retry();
            }
            world.calm();
            for (int i = 0; i < 6; i++) {
                world.retry();
            }
            assertFalse(world.target.isAnyPaused(), world.target::toString);
            world.assertAsDeclared();
        }
    }

    /** A target with faults, and the reconciler before it, on a clock of their own. */
    private static final class World implements AutoCloseable {
        final FakeTarget target = new FakeTarget();
        boolean resumesFail;
        private final Random random;
        private final Path folder = Files.createTempDirectory("reconciler");
        private final Journal journal = Journal.open(folder, () -> Instant.EPOCH, 1 << 30);
        private final StatusBoard board = new StatusBoard(() -> Instant.EPOCH);
        private final Reconciler reconciler;
        private long nowNs;
        private @Nullable AcceptedSpec accepted;

        World(long seed) throws IOException {
            random = new Random(seed);
            reconciler = new Reconciler(
                    target,
                    new JournalEntries(journal),
                    board,
                    () -> nowNs,
                    new Backoff(random),
                    plan -> {},
                    () -> false);
            target.fault = this::fault;
            target.probe = step -> random.nextInt(20) == 0 ? new StepResult.Waiting("ENODEV", "absent") : null;
        }

        private @Nullable StepResult fault(Step step) {
            if (step instanceof Step.ResumeSubsystem) {
                return resumesFail && random.nextBoolean() ? new StepResult.Failed("injected") : null;
            }
            return switch (random.nextInt(20)) {
                case 0 -> new StepResult.Failed("injected");
                case 1 -> new StepResult.Waiting("EBUSY", "injected");
                case 2 -> throw new IllegalStateException("injected");
                default -> null;
            };
        }

        void calm() {
            target.fault = step -> null;
            target.probe = step -> null;
        }

        void edit(long generation) {
            String text = text();
            List<SpecText> texts = List.of(new SpecText("t.yaml", text));
            SpecResult read = SpecReader.read(texts);
            assertEquals(List.of(), read.problems(), text);
            AcceptedSpec spec = new AcceptedSpec(
                    new StoredSpec(generation, "sha256:" + generation, Instant.EPOCH, texts),
                    read.state().orElseThrow(),
                    read.sources());
            accepted = spec;
            board.accepted(spec);
            reconciler.pass(Trigger.EDIT, spec);
        }

        void retry() {
            nowNs += Backoff.MOST.toNanos();
            if (accepted != null) {
                reconciler.pass(Trigger.RETRY, accepted);
            }
        }

        void assertAsDeclared() {
            assertTrue(accepted != null);
            if (accepted != null) {
                assertEquals(
                        List.of(), Differ.diff(target.config(), accepted.state().target()));
            }
            assertTrue(
                    board.status().has(Condition.Type.CONVERGED),
                    () -> board.status().toString());
            assertEquals(List.of(), board.status().pending());
        }

        private String text() {
            StringBuilder text = new StringBuilder("version: 1\ntransports: { tcp: }\nbdevs:\n");
            List<String> free = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                text.append("  m").append(i).append(": { type: malloc, size: ");
                text.append(1 + random.nextInt(2)).append("MiB }\n");
                free.add("m" + i);
            }
            text.append("subsystems:\n  nqn.2026-11.org.example:always:\n");
            for (int i = 0; i < 3; i++) {
                if (random.nextInt(4) > 0) {
                    subsystem(text, i, free);
                }
            }
            return text.toString();
        }

        private void subsystem(StringBuilder text, int i, List<String> free) {
            text.append("  nqn.2026-11.org.example:s").append(i).append(":\n");
            text.append("    serial_number: S")
                    .append(random.nextInt(8) == 0 ? 1 : 0)
                    .append('\n');
            text.append("    allow_any_host: ").append(random.nextBoolean()).append('\n');
            if (!free.isEmpty() && random.nextInt(3) > 0) {
                String bdev = free.remove(random.nextInt(free.size()));
                text.append("    namespaces: { ").append(1 + random.nextInt(2));
                text.append(": { bdev: ").append(bdev).append(" } }\n");
            }
            text.append("    listeners:\n      - { trtype: tcp, traddr: 127.0.0.1, trsvcid: 4420 }\n");
            if (random.nextBoolean()) {
                text.append("      - { trtype: tcp, traddr: 127.0.0.").append(2 + random.nextInt(2));
                text.append(", trsvcid: 4420 }\n");
            }
        }

        @Override
        public void close() throws IOException {
            journal.close();
            Files.deleteIfExists(folder.resolve("journal.jsonl"));
            Files.deleteIfExists(folder);
        }
    }
}
