package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.control.admit.Preview;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.model.DesiredState;

/** The whole control plane on real files, with a target in memory. */
@Timeout(60)
class ControlPlaneTest {
    private static final String ONE = """
        version: 1
        transports: { tcp: }
        bdevs: { m0: { type: malloc, size: 1MiB } }
        subsystems:
          nqn.2026-11.org.example:a:
            namespaces: { 1: { bdev: m0 } }
            listeners: [ { trtype: tcp, traddr: 127.0.0.1, trsvcid: 4420 } ]
        """;
    private static final String TWO =
            ONE.replace("4420 } ]", "4420 }, { trtype: tcp, traddr: 127.0.0.2, trsvcid: 4420 } ]");

    @TempDir
    Path temp;

    private Path specFile = Path.of("");
    private final FakeTarget target = new FakeTarget();
    private final List<Plan> plans = new CopyOnWriteArrayList<>();
    private final List<DesiredState> settings = new CopyOnWriteArrayList<>();

    @BeforeEach
    void makeFolder() throws IOException {
        specFile = Files.createDirectory(temp.resolve("etc")).resolve("target.yaml");
    }

    private ControlPlane.Start start() throws InterruptedException {
        return ControlPlane.start(new ControlPlane.Setup(
                specFile,
                temp.resolve("state"),
                target,
                InstantSource.system(),
                System::nanoTime,
                new Random(1),
                plans::add,
                settings::add));
    }

    private ControlPlane started() throws InterruptedException {
        return assertInstanceOf(ControlPlane.Start.Started.class, start()).plane();
    }

    private void replace(String text) throws IOException {
        Path beside = specFile.resolveSibling(".target.yaml.new");
        Files.writeString(beside, text);
        Files.move(beside, specFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static void awaitConverged(ControlPlane plane, long generation) throws InterruptedException {
        await(() -> plane.status().convergedGeneration() == generation
                && plane.status().acceptedGeneration() == generation);
    }

    private int listeners() {
        return target.config().subsystems().values().stream()
                .mapToInt(s -> s.listeners().size())
                .sum();
    }

    @Test
    void servesTheFileAtTheFirstStart() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);

            assertEquals(1, listeners());
            await(() -> plans.size() == 1);
            assertEquals(1, settings.size());
            assertEquals(plane.accepted(), settings.getFirst());
        }
    }

    @Test
    void doesNotStartWithoutAFile() throws Exception {
        ControlPlane.Start.Invalid invalid = assertInstanceOf(ControlPlane.Start.Invalid.class, start());

        assertTrue(invalid.problems().getFirst().message().contains("no such file"));
    }

    @Test
    void doesNotStartOnABrokenFileAndSaysAllThatIsWrong() throws Exception {
        replace(ONE.replace("bdev: m0", "bdev: nowhere").replace("4420", "0"));

        ControlPlane.Start.Invalid invalid = assertInstanceOf(ControlPlane.Start.Invalid.class, start());

        assertEquals(2, invalid.problems().size());
        assertTrue(target.config().isEmpty());
    }

    @Test
    void doesNotStartOnAStateFolderInUse() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            ControlPlane.Start.Failed failed = assertInstanceOf(ControlPlane.Start.Failed.class, start());

            assertTrue(failed.message().contains("in use by another nvmf-target"));
            awaitConverged(plane, 1);
        }
    }

    @Test
    void appliesAnAtomicRename() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
            replace(TWO);

            awaitConverged(plane, 2);

            assertEquals(2, listeners());
            List<String> edits = plane.history(100).stream()
                    .filter(line -> line.contains("\"event\":\"plan\"") && line.contains("\"trigger\":\"edit\""))
                    .toList();
            assertEquals(1, edits.size());
        }
    }

    @Test
    void appliesAWriteInPlace() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
            Files.writeString(specFile, TWO);

            awaitConverged(plane, 2);

            assertEquals(2, listeners());
        }
    }

    @Test
    void appliesASwapOfKubernetesLink() throws Exception {
        Path etc = specFile.resolveSibling("");
        Files.createDirectory(etc.resolve("..1"));
        Files.writeString(etc.resolve("..1/target.yaml"), ONE);
        Files.createSymbolicLink(etc.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(specFile, Path.of("..data/target.yaml"));
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
            Files.createDirectory(etc.resolve("..2"));
            Files.writeString(etc.resolve("..2/target.yaml"), TWO);
            Files.createSymbolicLink(etc.resolve("..data_tmp"), Path.of("..2"));
            Files.move(etc.resolve("..data_tmp"), etc.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

            awaitConverged(plane, 2);

            assertEquals(2, listeners());
        }
    }

    @Test
    void appliesADropIn() throws Exception {
        replace(ONE);
        Path dropIns = Files.createDirectory(specFile.resolveSibling("target.d"));
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
            Files.writeString(
                    dropIns.resolve("b.yaml"),
                    "subsystems: { \"nqn.2026-11.org.example:b\": { allow_any_host: true } }\n");

            awaitConverged(plane, 2);

            assertEquals(2, target.config().subsystems().size());
        }
    }

    @Test
    void findsAFileWhoseFolderWasItselfReplaced() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
            Path etc = specFile.resolveSibling("");
            Path next = Files.createDirectory(temp.resolve("next"));
            Files.writeString(next.resolve("target.yaml"), TWO);
            Files.move(etc, temp.resolve("old"));
            Files.move(next, etc);

            awaitConverged(plane, 2);

            assertEquals(2, listeners());
        }
    }

    @Test
    void readsTheFileAgainWhenAsked() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
            Files.writeString(specFile, TWO);
            plane.recheck();

            awaitConverged(plane, 2);

            assertEquals(2, listeners());
        }
    }

    @Test
    void doesNotStartOnAnAcceptedSpecThatIsNoneAnyMore() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
        }
        Path accepted = temp.resolve("state/accepted.json");
        Files.writeString(accepted, Files.readString(accepted).replace("version: 1", "version: 9"));

        ControlPlane.Start.Failed failed = assertInstanceOf(ControlPlane.Start.Failed.class, start());

        assertTrue(failed.message().contains("is not valid to this version"), failed.message());
    }

    @Test
    void writesAJournalThatTellsTheStory() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
            replace("version: 1\n");
            await(() -> plane.status().has(Condition.Type.REFUSED));
            replace("nonsense\n");
            await(() -> plane.status().has(Condition.Type.DEGRADED));
        }
        List<String> events = ControlPlane.history(temp.resolve("state"), 100).stream()
                .map(line -> new tools.jackson.databind.json.JsonMapper()
                        .readTree(line)
                        .get("event")
                        .asString())
                .toList();

        assertEquals(List.of("start", "accepted", "plan", "refused", "invalid", "stop"), events);
    }

    @Test
    void servesTheAcceptedSpecAfterARestartOnABrokenFile() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
        }
        replace("nonsense\n");
        FakeTarget empty = new FakeTarget();
        ControlPlane.Start again = ControlPlane.start(new ControlPlane.Setup(
                specFile,
                temp.resolve("state"),
                empty,
                InstantSource.system(),
                System::nanoTime,
                new Random(1),
                plans::add,
                settings::add));
        try (ControlPlane plane =
                assertInstanceOf(ControlPlane.Start.Started.class, again).plane()) {
            awaitConverged(plane, 1);
            await(() -> plane.status().has(Condition.Type.DEGRADED));

            assertEquals(1, empty.config().subsystems().size());
        }
    }

    @Test
    void healsOnAnOutsideEvent() throws Exception {
        target.probe = step -> step instanceof org.nvmftarget.model.Step.AddListener
                ? new org.nvmftarget.model.StepResult.Waiting("EADDRNOTAVAIL", "no such address")
                : null;
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);
            assertEquals(1, plane.status().pending().size());
            target.probe = step -> null;
            target.fireOutsideEvent();

            await(() -> listeners() == 1);
            await(() -> plane.status().pending().isEmpty());
        }
    }

    @Test
    void previewsWithRefusalsAndChangesNothing() throws Exception {
        replace(ONE);
        try (ControlPlane plane = started()) {
            awaitConverged(plane, 1);

            Preview.Result empty = plane.preview().preview(Map.of("x.yaml", "version: 1\n"));
            Preview.Result same = plane.preview().preview(Map.of("x.yaml", ONE));
            Preview.Result broken = plane.preview().preview(Map.of("x.yaml", "version: 2\n"));

            Plan refused = assertInstanceOf(Preview.Result.Planned.class, empty).plan();
            assertEquals("empty", refused.refused().getFirst().guard());
            assertTrue(refused.hasChanges());
            assertTrue(
                    !assertInstanceOf(Preview.Result.Planned.class, same).plan().hasChanges());
            assertEquals(
                    1,
                    assertInstanceOf(Preview.Result.Invalid.class, broken)
                            .problems()
                            .size());
            assertEquals(1, listeners());
        }
    }
}
