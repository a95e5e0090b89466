package org.nvmftarget.data.bdev;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.nvmftarget.data.reactor.ReactorOptions;
import org.nvmftarget.model.BdevSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * 4 KiB random reads and writes through the bdev layer beside those of fio, of the same disk: by turns, in one run, so that
 * whatever the machine does meanwhile it does to all. IOPS/core is by the processor time that either took. Prints the medians.
 *
 * <p>{@code StorageBench FOLDER [SECONDS [ROUNDS]]}: of a file, by io_uring and by threads. "io_uring" is a reactor that looks
 * for completions while they come, as the program has it where there is a processor to spare; "sleepy" is one that sleeps
 * soon, as fio does.
 *
 * <p>{@code StorageBench --drive /dev/ngXnY [SECONDS [ROUNDS]]}: of an NVMe drive, which is overwritten, by its own commands
 * and as a block device, beside fio's engines for either; and what a command allocates.
 */
public final class StorageBench {

    private static final long SIZE = 1L << 30;
    private static final int[] DEPTHS = {1, 32, 128};

    private final int seconds;
    private final int rounds;
    private final List<Contender> contenders;

    private StorageBench(String[] arguments, int from, List<Contender> contenders) {
        seconds = arguments.length > from ? Integer.parseInt(arguments[from]) : 5;
        rounds = arguments.length > from + 1 ? Integer.parseInt(arguments[from + 1]) : 3;
        this.contenders = contenders;
    }

    private record Sample(double perSecond, double perCore, double p99Us) {}

    private interface Load {
        Sample run(boolean writes, int depth, int seconds) throws Exception;
    }

    /** The first of several is what the others are compared with. */
    private record Contender(String name, Load load) {}

    static void main(String[] arguments) throws Exception {
        if (arguments.length > 1 && arguments[0].equals("--drive")) {
            drive(Path.of(arguments[1]), arguments);
        } else {
            file(Path.of(arguments.length > 0 ? arguments[0] : "target"), arguments);
        }
    }

    private static void file(Path folder, String[] arguments) throws Exception {
        Path file = Files.createTempFile(Files.createDirectories(folder), "storage-bench", ".img");
        BdevSpec spec = DiskLoad.file(file, SIZE);
        try {
            DiskLoad.fill(file, SIZE);
            StorageBench bench = new StorageBench(
                    arguments,
                    1,
                    List.of(
                            new Contender(
                                    "fio",
                                    fio(file, "--ioengine=io_uring", "--direct=1", "--fixedbufs=1", "--size=" + SIZE)),
                            new Contender("io_uring", ours(spec, true, ReactorOptions.MOST_SPIN_NS)),
                            new Contender("sleepy", ours(spec, true, ReactorOptions.LEAST_SPIN_NS)),
                            new Contender("threads", ours(spec, false, ReactorOptions.MOST_SPIN_NS))));
            bench.warm(spec, true, ReactorOptions.MOST_SPIN_NS);
            bench.warm(spec, true, ReactorOptions.LEAST_SPIN_NS);
            bench.warm(spec, false, ReactorOptions.MOST_SPIN_NS);
            bench.compare();
        } finally {
            Files.delete(file);
        }
    }

    private static void drive(Path character, String[] arguments) throws Exception {
        Path block = Path.of(character.toString().replaceFirst("/ng", "/nvme"));
        BdevSpec commands = DiskLoad.drive(character);
        BdevSpec plain = DiskLoad.block(block);
        StorageBench bench = new StorageBench(
                arguments,
                2,
                List.of(
                        new Contender("fio", fio(block, "--ioengine=io_uring", "--direct=1", "--fixedbufs=1")),
                        new Contender("fio-cmd", fio(character, "--ioengine=io_uring_cmd", "--cmd_type=nvme")),
                        new Contender("block", ours(plain, true, ReactorOptions.LEAST_SPIN_NS)),
                        new Contender("nvme", ours(commands, true, ReactorOptions.LEAST_SPIN_NS))));
        bench.warm(plain, true, ReactorOptions.LEAST_SPIN_NS);
        bench.warm(commands, true, ReactorOptions.LEAST_SPIN_NS);
        bench.compare();
        try (DiskLoad load = new DiskLoad(commands, true)) {
            System.out.println("engine " + load.engine());
            load.printAllocated(20_000);
        }
    }

    /** What is not compiled yet is slow, and allocates. */
    private void warm(BdevSpec spec, boolean uring, long maxSpinNs) throws InterruptedException {
        try (DiskLoad warm = new DiskLoad(spec, uring, maxSpinNs)) {
            for (int depth : DEPTHS) {
                warm.run(false, depth, TimeUnit.SECONDS.toNanos(seconds), Long.MAX_VALUE);
                warm.run(true, depth, TimeUnit.SECONDS.toNanos(seconds), Long.MAX_VALUE);
            }
        }
    }

    private void compare() throws Exception {
        System.out.println("what   depth  engine      IOPS  IOPS/core   p99 us   IOPS, IOPS/core and p99 of fio's");
        for (boolean writes : new boolean[] {false, true}) {
            for (int depth : DEPTHS) {
                compare(writes, depth);
            }
        }
    }

    private void compare(boolean writes, int depth) throws Exception {
        List<List<Sample>> samples =
                contenders.stream().<List<Sample>>map(_ -> new ArrayList<>()).toList();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contenders.size(); i++) {
                samples.get(i).add(contenders.get(i).load().run(writes, depth, seconds));
            }
        }
        Sample first = median(samples.getFirst());
        for (int i = 0; i < contenders.size(); i++) {
            Sample median = median(samples.get(i));
            System.out.printf(
                    Locale.ROOT,
                    "%-6s %5d  %-8s %7.0f  %9.0f  %7.0f   %s%n",
                    writes ? "write" : "read",
                    depth,
                    contenders.get(i).name(),
                    median.perSecond(),
                    median.perCore(),
                    median.p99Us(),
                    i == 0 ? "" : beside(median, first));
        }
    }

    private static String beside(Sample one, Sample other) {
        return String.format(
                Locale.ROOT,
                "%.0f%%, %.0f%% and %.0f%%",
                100 * one.perSecond() / other.perSecond(),
                100 * one.perCore() / other.perCore(),
                100 * one.p99Us() / other.p99Us());
    }

    private static Sample median(List<Sample> samples) {
        return new Sample(
                median(samples, Sample::perSecond), median(samples, Sample::perCore), median(samples, Sample::p99Us));
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> what) {
        double[] sorted = samples.stream().mapToDouble(what).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static Load ours(BdevSpec spec, boolean uring, long maxSpinNs) {
        return (writes, depth, seconds) -> {
            try (DiskLoad load = new DiskLoad(spec, uring, maxSpinNs)) {
                DiskLoad.Result result = load.run(writes, depth, TimeUnit.SECONDS.toNanos(seconds), Long.MAX_VALUE);
                return new Sample(result.perSecond(), result.perCore(), result.p99Ns() / 1000.0);
            }
        };
    }

    private static Load fio(Path disk, String... options) {
        return (writes, depth, seconds) -> {
            List<String> command = new ArrayList<>(List.of("fio", "--name=bench"));
            command.addAll(List.of(options)); // the engine first: some of what follows is an option of it
            command.addAll(List.of(
                    "--registerfiles=1",
                    "--bs=4k",
                    "--rw=" + (writes ? "randwrite" : "randread"),
                    "--iodepth=" + depth,
                    "--runtime=" + seconds,
                    "--time_based",
                    "--norandommap",
                    "--thread",
                    "--filename=" + disk,
                    "--clat_percentiles=0",
                    "--lat_percentiles=1", // from before it is submitted, as ours
                    "--output-format=json"));
            return fio(command, writes);
        };
    }

    private static Sample fio(List<String> command, boolean writes) throws IOException, InterruptedException {
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
        double p99Us = side.path("lat_ns").path("percentile").path("99.000000").asDouble() / 1000;
        return new Sample(perSecond, perSecond / cores, p99Us);
    }
}
