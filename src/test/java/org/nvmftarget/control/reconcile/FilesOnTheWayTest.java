package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.control.admit.StateDir;
import org.nvmftarget.control.admit.StoredSpec;
import org.nvmftarget.model.DesiredState;

/** How files change under a running control plane: in storms, in pieces, and not at all. */
@Timeout(120)
class FilesOnTheWayTest {

    private static final int SUBSYSTEMS = 30;

    @TempDir
    Path temp = Path.of("");

    private Path specFile = Path.of("");
    private final FakeTarget target = new FakeTarget();
    private final List<DesiredState> settings = new CopyOnWriteArrayList<>();

    @BeforeEach
    void makeFolder() throws IOException {
        specFile = Files.createDirectory(temp.resolve("etc")).resolve("target.yaml");
    }

    private ControlPlane started() throws InterruptedException {
        ControlPlane.Start start = ControlPlane.start(new ControlPlane.Setup(
                specFile,
                temp.resolve("state"),
                target,
                InstantSource.system(),
                System::nanoTime,
                new Random(1),
                plan -> {},
                settings::add));
        return assertInstanceOf(ControlPlane.Start.Started.class, start).plane();
    }

    /** Most of its beginnings are specs themselves, with fewer subsystems. */
    private static String text(int number, int subsystems) {
        StringBuilder text =
                new StringBuilder("# " + number + "\nversion: 1\nreconcile: { settle: 200ms }\nsubsystems:\n");
        for (int i = 0; i < subsystems; i++) {
            text.append("  nqn.2026-11.org.example:")
                    .append(String.format("s%02d", i))
                    .append(":\n");
            text.append("    allow_any_host: true\n");
        }
        return text.toString();
    }

    private void rename(String text) throws IOException {
        Path beside = Files.writeString(specFile.resolveSibling(".target.yaml.new"), text);
        Files.move(beside, specFile, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private StoredSpec accepted() {
        try {
            return StateDir.readAccepted(temp.resolve("state")).orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String acceptedText() {
        return accepted().texts().getFirst().text();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aStormOfWritesEndsAtTheLastTextAndNoBeginningIsEverApplied(long seed) throws Exception {
        Random random = new Random(seed);
        Set<String> whole = new HashSet<>();
        String first = text(0, 1);
        whole.add(first);
        rename(first);
        Set<String> taken = new HashSet<>();
        try (ControlPlane plane = started()) {
            String last = first;
            for (int i = 1; i <= 100; i++) {
                last = text(i, 1 + random.nextInt(SUBSYSTEMS));
                whole.add(last);
                if (random.nextInt(4) == 0) {
                    rename(last);
                } else {
                    writeInPieces(last, random, whole);
                }
                taken.add(acceptedText());
                TimeUnit.MILLISECONDS.sleep(random.nextInt(10));
            }
            String end = last;
            await(() -> {
                taken.add(acceptedText());
                return acceptedText().equals(end);
            });
            await(() -> plane.status().convergedGeneration() == accepted().generation());

            assertTrue(whole.containsAll(taken), "a text was accepted that nobody had written to its end");
            assertEquals(plane.accepted().target(), target.config());
        }
    }

    /** A beginning, and then the rest: so do editors, and {@code cp} over a file. */
    private void writeInPieces(String text, Random random, Set<String> whole) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int half = 1 + random.nextInt(bytes.length - 1);
        long beganNs = System.nanoTime();
        try (FileChannel channel = FileChannel.open(
                specFile, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(java.nio.ByteBuffer.wrap(bytes, 0, half));
            TimeUnit.MILLISECONDS.sleep(random.nextInt(8));
            channel.write(java.nio.ByteBuffer.wrap(bytes, half, bytes.length - half));
        }
        if (System.nanoTime() - beganNs > TimeUnit.MILLISECONDS.toNanos(100)) {
            // This machine had no time for us: a beginning that stands still so long is a text like any other.
            whole.add(text.substring(0, half));
        }
    }

    @Test
    void aBeginningThatStaysIsTakenForNoRemovalBeforeItHasSettled() throws Exception {
        rename(text(1, 20).replace("settle: 200ms", "settle: 10m"));
        try (ControlPlane plane = started()) {
            await(() -> plane.status().convergedGeneration() == 1);
            Files.writeString(specFile, text(1, 10).replace("settle: 200ms", "settle: 10m"));
            await(() -> plane.status()
                    .candidate()
                    .map(c -> c.outcome().name().equals("SETTLING"))
                    .orElse(false));

            assertEquals(20, target.config().subsystems().size());
            Files.writeString(specFile, text(1, 21).replace("settle: 200ms", "settle: 10m"));
            await(() -> plane.status().convergedGeneration() == 2);
            assertEquals(21, target.config().subsystems().size());
        }
    }

    @Test
    void aFileThatVanishesChangesNothingAndIsFollowedAgainWhenItReturns() throws Exception {
        rename(text(1, 2));
        try (ControlPlane plane = started()) {
            await(() -> plane.status().convergedGeneration() == 1);
            Files.delete(specFile);
            await(() -> plane.status().has(Condition.Type.DEGRADED));

            assertEquals(2, target.config().subsystems().size());
            assertTrue(plane.status().has(Condition.Type.CONVERGED));
            assertTrue(plane.status()
                    .candidate()
                    .orElseThrow()
                    .problems()
                    .getFirst()
                    .message()
                    .contains("there is no such file"));

            rename(text(1, 2));
            await(() -> !plane.status().has(Condition.Type.DEGRADED));
            assertEquals(1, plane.status().acceptedGeneration());
            rename(text(2, 3));
            await(() -> plane.status().convergedGeneration() == 2);
        }
    }

    @Test
    void aFolderThatVanishesAndReturnsIsFollowedByEventsAgain() throws Exception {
        rename(text(1, 1));
        Path etc = specFile.resolveSibling("");
        try (ControlPlane plane = started()) {
            await(() -> plane.status().convergedGeneration() == 1);
            Files.move(etc, temp.resolve("away"));
            await(() -> plane.status().has(Condition.Type.DEGRADED));
            Files.createDirectory(etc);
            rename(text(2, 2));
            await(() -> plane.status().convergedGeneration() == 2);
            rename(text(3, 3));
            await(() -> plane.status().convergedGeneration() == 3);

            assertEquals(3, target.config().subsystems().size());
        }
    }

    @Test
    void aFolderAsKubernetesMountsItIsFollowedThroughItsSwaps() throws Exception {
        Path etc = specFile.resolveSibling("");
        mount(etc, "..2026_01", text(1, 1), "bdevs: { a: { type: malloc, size: 1MiB } }\n");
        Files.createSymbolicLink(etc.resolve("10-base.yaml"), Path.of("..data/10-base.yaml"));
        Files.createSymbolicLink(etc.resolve("20-bdevs.yaml"), Path.of("..data/20-bdevs.yaml"));
        specFile = etc;
        try (ControlPlane plane = started()) {
            await(() -> plane.status().convergedGeneration() == 1);
            for (int i = 2; i <= 6; i++) {
                String bdevs = "bdevs: { a: { type: malloc, size: " + i + "MiB } }\n";
                mount(etc, "..2026_0" + i, text(i, i), bdevs);
                int generation = i;
                await(() -> plane.status().convergedGeneration() == generation);
            }

            assertEquals(6, target.config().subsystems().size());
            assertEquals(
                    6L << 20, target.config().bdevs().firstEntry().getValue().sizeBytes());
        }
    }

    /** All files at once: a new folder, a new link beside the old one, and a rename over that. */
    private static void mount(Path volume, String name, String base, String bdevs) throws IOException {
        Path folder = Files.createDirectory(volume.resolve(name));
        Files.writeString(folder.resolve("10-base.yaml"), base);
        Files.writeString(folder.resolve("20-bdevs.yaml"), bdevs);
        Path link = Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of(name));
        Files.move(link, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aFileThatNoEventTellsOfIsFoundByLooking() throws Exception {
        // A link into a folder that nobody watches: as on a file system without events.
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Path real = Files.writeString(elsewhere.resolve("spec"), text(1, 1));
        Files.createSymbolicLink(specFile, real);
        try (ControlPlane plane = started()) {
            await(() -> plane.status().convergedGeneration() == 1);
            Files.writeString(real, text(2, 2));

            await(() -> plane.status().convergedGeneration() == 2);
            assertEquals(2, target.config().subsystems().size());
        }
    }
}
