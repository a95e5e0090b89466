package org.nvmftarget.data.target;

import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the core's benchmarks and prints the median of each, the best, and the bytes that an operation allocates. */
public final class BenchReport {
    private BenchReport() {}

    /** @param args which benchmarks, as regular expressions; none for all */
    public static void main(String[] args) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.addProfiler(GCProfiler.class).verbosity(VerboseMode.SILENT);
        for (String name : args.length > 0 ? args : new String[] {"DispatchBench", "CoreIoBench"}) {
            options.include(name);
        }
        Collection<RunResult> results = run(options.build());
        System.out.printf("%-30s %10s %10s %10s%n", "", "median ns", "least ns", "B/op");
        for (RunResult r : results) {
            String name = r.getParams().getBenchmark();
            System.out.printf(
                    "%-30s %10.1f %10.1f %10.3f%n",
                    name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                    r.getPrimaryResult().getStatistics().getPercentile(50),
                    r.getPrimaryResult().getStatistics().getMin(),
                    bytesPerOperation(r));
        }
    }

    static Collection<RunResult> run(Options options) throws RunnerException {
        System.setProperty("jmh.ignoreLock", "true"); // another run on the machine makes results worse, not wrong
        return new Runner(options).run();
    }

    static double bytesPerOperation(RunResult result) {
        Result<?> norm = result.getSecondaryResults().get("gc.alloc.rate.norm");
        if (norm == null) {
            throw new IllegalStateException("the profiler did not count allocations: "
                    + result.getSecondaryResults().keySet());
        }
        return norm.getScore();
    }
}
