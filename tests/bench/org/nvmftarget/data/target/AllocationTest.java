package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** No command on the I/O way, and no Keep Alive, allocates: JMH's {@code gc.alloc.rate.norm} is 0 B/op. */
class AllocationTest {

    /**
     * JMH itself allocates some kilobytes for an iteration, which are divided by the operations in it: some hundredths
     * of a byte. The smallest object that a command could leave has 16.
     */
    private static final double RESIDUE_BYTES = 0.5;

    /** So many operations, however long they take: a busy machine must not make the residue larger. */
    private static final int OPERATIONS = 100_000;

    /** Each command in turn, in one JVM; one by one only to say which it is that allocates. */
    @Test
    void noCommandOnTheHotWayAllocates() throws RunnerException {
        Map<String, Double> together = bytesPerOperation("everyCommand");
        assertEquals(1, together.size());
        if (together.values().iterator().next() >= RESIDUE_BYTES) {
            fail("bytes per operation: " + bytesPerOperation(".*"));
        }
    }

    private static Map<String, Double> bytesPerOperation(String benchmarks) throws RunnerException {
        var options = new OptionsBuilder()
                .include(CoreIoBench.class.getName() + "\\." + benchmarks + "$")
                .addProfiler(GCProfiler.class)
                .forks(1)
                .mode(Mode.SingleShotTime)
                .warmupIterations(3)
                .warmupBatchSize(OPERATIONS)
                .measurementIterations(2)
                .measurementBatchSize(OPERATIONS)
                .verbosity(VerboseMode.SILENT)
                .build();
        Map<String, Double> found = new TreeMap<>();
        for (RunResult r : BenchReport.run(options)) {
            // A batch counts as one operation.
            found.put(r.getParams().getBenchmark(), BenchReport.bytesPerOperation(r) / OPERATIONS);
        }
        return found;
    }
}
