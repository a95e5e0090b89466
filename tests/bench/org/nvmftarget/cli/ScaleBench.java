package org.nvmftarget.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.control.reconcile.ControlPlane;
import org.nvmftarget.data.bdev.DiskMemory;
import org.nvmftarget.data.store.FileNamespaceStore;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.TargetConfig;

/**
 * What a large spec costs: subsystems with one namespace and one listener each, on one address, over the real data plane
 * with TCP. Prints a line for each size: parsing, planning from empty and for one edit, applying from empty, and the whole
 * way of one edit from the rename to its verification.
 */
final class ScaleBench {
    private static final int ROUNDS = 9;
    private static final int EDITS = 9;

    private ScaleBench() {}

    static void main(String[] args) throws IOException, InterruptedException {
        int[] sizes = args.length == 0
                ? new int[] {10, 100, 1_000, 10_000}
                : Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
        PrintStream out = System.out;
        for (int i = 0; i < 3; i++) {
            measure(1_000);
        }
        out.println(
                "| subsystems | parse ms | plan from empty ms | plan one edit ms | apply from empty ms | edit, rename"
                        + " to verified ms |");
        out.println("|---|---|---|---|---|---|");
        for (int size : sizes) {
            out.println(measure(size));
        }
    }

    /** @param extra how many of the subsystems have a second listener */
    private static String spec(int size, int extra) {
        StringBuilder bdevs = new StringBuilder();
        StringBuilder subsystems = new StringBuilder();
        for (int i = 0; i < size; i++) {
            bdevs.append("  b").append(i).append(": { type: \"null\", size: 1GiB }\n");
            subsystems.append("  nqn.2026-11.org.example:s").append(i).append(":\n    allow_any_host: true\n");
            subsystems.append("    namespaces: { 1: { bdev: b").append(i).append(" } }\n    listeners:\n");
            subsystems.append("      - { trtype: tcp, traddr: 127.0.0.1, trsvcid: 14420 }\n");
            subsystems.append(i < extra ? "      - { trtype: tcp, traddr: 127.0.0.2, trsvcid: 14420 }\n" : "");
        }
        return "version: 1\ntransports: { tcp: }\nbdevs:\n" + bdevs + "subsystems:\n" + subsystems;
    }

    private static SpecResult read(String text) {
        return SpecReader.read(List.of(new SpecText("target.yaml", text)));
    }

    private static double medianMs(int rounds, Runnable work) {
        double[] ms = IntStream.range(0, rounds)
                .mapToDouble(i -> {
                    long startNs = System.nanoTime();
                    work.run();
                    return (System.nanoTime() - startNs) / 1e6;
                })
                .sorted()
                .toArray();
        return ms[rounds / 2];
    }

    private static String measure(int size) throws IOException, InterruptedException {
        String text = spec(size, 0);
        TargetConfig before = read(text).state().orElseThrow().target();
        SpecResult edited = read(spec(size, 1));
        TargetConfig after = edited.state().orElseThrow().target();
        LiveState live = LiveState.EMPTY.withConfig(before);
        int rounds = size > 2_000 ? 5 : ROUNDS;
        double parse = medianMs(rounds, () -> read(text));
        double fromEmpty = medianMs(rounds, () -> Planner.plan(LiveState.EMPTY, before, SourceMap.EMPTY, 1, Map.of()));
        double oneEdit = medianMs(rounds, () -> Planner.plan(live, after, edited.sources(), 1, Map.of()));
        double[] whole = serve(size);
        return String.format(
                Locale.ROOT,
                "| %d | %.1f | %.1f | %.1f | %.0f | %.0f |",
                size,
                parse,
                fromEmpty,
                oneEdit,
                whole[0],
                whole[1]);
    }

    /** The pass that makes an empty target as declared, and the median of edits that add a listener each; in ms. */
    private static double[] serve(int size) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("scale-bench");
        Path file = folder.resolve("target.yaml");
        Files.writeString(file, spec(size, 0));
        DataPlane data = DataPlane.start(
                null,
                new Random(1),
                new FileNamespaceStore(folder.resolve("namespaces")),
                DiskMemory.NONE,
                (reactor, e) -> {
                    throw new IllegalStateException("a reactor died", e);
                });
        ControlPlane.Start start = ControlPlane.start(new ControlPlane.Setup(
                file,
                folder.resolve("state"),
                data.target(),
                InstantSource.system(),
                System::nanoTime,
                new Random(1),
                plan -> {},
                settings -> {}));
        if (!(start instanceof ControlPlane.Start.Started(ControlPlane plane))) {
            throw new IllegalStateException(start.toString());
        }
        try (plane) {
            await(plane, 1);
            double apply = lastPassMs(plane);
            double[] edits = new double[EDITS];
            for (int i = 0; i < EDITS; i++) {
                TimeUnit.MILLISECONDS.sleep(150); // the watcher's first look, and the edit before, are over
                Path beside = folder.resolve(".next");
                Files.writeString(beside, spec(size, i + 1));
                TimeUnit.MILLISECONDS.sleep(150);
                long startNs = System.nanoTime();
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                await(plane, i + 2L);
                edits[i] = (System.nanoTime() - startNs) / 1e6;
            }
            Arrays.sort(edits);
            return new double[] {apply, edits[EDITS / 2]};
        } finally {
            data.stop(Duration.ofSeconds(10));
            delete(folder);
        }
    }

    private static void await(ControlPlane plane, long generation) throws InterruptedException {
        while (plane.status().convergedGeneration() < generation) {
            TimeUnit.MICROSECONDS.sleep(500);
        }
    }

    private static double lastPassMs(ControlPlane plane) {
        return plane.history(20).stream()
                .map(Json::parse)
                .filter(entry -> entry.path("event").asString().equals("plan"))
                .mapToDouble(entry -> entry.path("duration_us").asDouble() / 1000)
                .max()
                .orElseThrow();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
