package org.nvmftarget.data.bdev;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.nvmftarget.data.reactor.ReactorOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * 4 KiB random reads and writes of one file through the bdev layer, by io_uring and by threads, beside fio's io_uring
 * engine on the same file: by turns, in one run, so that whatever the machine does meanwhile it does to all. "io_uring" is a
 * reactor that looks for completions while they come, as the program has it where there is a processor to spare; "sleepy"
 * is one that sleeps soon, as fio does; IOPS/core is by the processor time that either took. Prints the
 * medians. {@code StorageBench FOLDER [SECONDS [ROUNDS]]}.
 */
public final class StorageBench {

    private static final long SIZE = 1L << 30;
    private static final int[] DEPTHS = {1, 32, 128};

    private final Path file;
    private final int seconds;
    private final int rounds;

    private StorageBench(Path file, int seconds, int rounds) {
        this.file = file;
        this.seconds = seconds;
        this.rounds = rounds;
    }

    private record Sample(double perSecond, double perCore, double p99Us) {}

    static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments.length > 0 ? arguments[0] : "target");
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
        Path file = Files.createTempFile(Files.createDirectories(folder), "storage-bench", ".img");
        try {
            DiskLoad.fill(file, SIZE);
            new StorageBench(file, seconds, rounds).run();
        } finally {
            Files.delete(file);
        }
    }

    private void run() throws Exception {
        try (DiskLoad warm = new DiskLoad(file, SIZE, true)) {
            warm.run(false, 32, TimeUnit.SECONDS.toNanos(seconds), Long.MAX_VALUE);
            warm.run(true, 32, TimeUnit.SECONDS.toNanos(seconds), Long.MAX_VALUE);
        }
        try (DiskLoad warm = new DiskLoad(file, SIZE, false)) {
            warm.run(false, 32, TimeUnit.SECONDS.toNanos(seconds), Long.MAX_VALUE);
        }
        System.out.println("what   depth  engine      IOPS  IOPS/core   p99 us   IOPS, IOPS/core and p99 of fio's");
        for (boolean writes : new boolean[] {false, true}) {
            for (int depth : DEPTHS) {
                compare(writes, depth);
            }
        }
    }

    private void compare(boolean writes, int depth) throws Exception {
        String[] names = {"fio", "io_uring", "sleepy", "threads"};
        List<List<Sample>> samples =
                Stream.of(names).<List<Sample>>map(_ -> new ArrayList<>()).toList();
        for (int round = 0; round < rounds; round++) {
            samples.get(0).add(fio(writes, depth));
            samples.get(1).add(ours(writes, depth, true, ReactorOptions.MOST_SPIN_NS));
            samples.get(2).add(ours(writes, depth, true, ReactorOptions.LEAST_SPIN_NS));
            samples.get(3).add(ours(writes, depth, false, ReactorOptions.MOST_SPIN_NS));
        }
        Sample fio = median(samples.get(0));
        for (int i = 0; i < names.length; i++) {
            Sample median = median(samples.get(i));
            System.out.printf(
                    Locale.ROOT,
                    "%-6s %5d  %-8s %7.0f  %9.0f  %7.0f   %s%n",
                    writes ? "write" : "read",
                    depth,
                    names[i],
                    median.perSecond(),
                    median.perCore(),
                    median.p99Us(),
                    i == 0
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "%.0f%%, %.0f%% and %.0f%%",
                                    100 * median.perSecond() / fio.perSecond(),
                                    100 * median.perCore() / fio.perCore(),
                                    100 * median.p99Us() / fio.p99Us()));
        }
    }

    private static Sample median(List<Sample> samples) {
        return new Sample(
                median(samples, Sample::perSecond), median(samples, Sample::perCore), median(samples, Sample::p99Us));
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> what) {
        double[] sorted = samples.stream().mapToDouble(what).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private Sample ours(boolean writes, int depth, boolean uring, long maxSpinNs) throws InterruptedException {
        try (DiskLoad load = new DiskLoad(file, SIZE, uring, maxSpinNs)) {
            DiskLoad.Result result = load.run(writes, depth, TimeUnit.SECONDS.toNanos(seconds), Long.MAX_VALUE);
            return new Sample(result.perSecond(), result.perCore(), result.p99Ns() / 1000.0);
        }
    }

    private Sample fio(boolean writes, int depth) throws IOException, InterruptedException {
        List<String> command = Arrays.asList(
                "fio",
                "--name=bench",
                "--ioengine=io_uring",
                "--registerfiles=1",
                "--fixedbufs=1",
                "--direct=1",
                "--bs=4k",
                "--rw=" + (writes ? "randwrite" : "randread"),
                "--iodepth=" + depth,
                "--runtime=" + seconds,
                "--time_based",
                "--norandommap",
                "--thread",
                "--size=" + SIZE,
                "--filename=" + file,
                "--output-format=json");
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("fio failed: " + out);
        }
        JsonNode job = new JsonMapper().readTree(out).path("jobs").path(0);
        JsonNode side = job.path(writes ? "write" : "read");
        double perSecond = side.path("iops").asDouble();
        double cores = (job.path("usr_cpu").asDouble() + job.path("sys_cpu").asDouble()) / 100;
        double p99Us = side.path("clat_ns").path("percentile").path("99.000000").asDouble() / 1000;
        return new Sample(perSecond, perSecond / cores, p99Us);
    }
}
