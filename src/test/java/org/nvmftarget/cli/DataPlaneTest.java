package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.reactor.ReactorOptions;

class DataPlaneTest {

    private static List<ReactorOptions> options(CpuList cpus, int availableCpus) {
        return DataPlane.reactorOptions(cpus, availableCpus, (reactor, thrown) -> {});
    }

    @Test
    void shouldLeaveHalfTheCpusToOthers() {
        List<ReactorOptions> all = DataPlane.reactorOptions(null, 8, (reactor, thrown) -> {});

        assertEquals(
                List.of("reactor-0", "reactor-1", "reactor-2", "reactor-3"),
                all.stream().map(ReactorOptions::name).toList());
        assertEquals(OptionalInt.empty(), all.getFirst().cpu());
    }

    @Test
    void shouldBindAReactorToEachCpuThatIsNamed() {
        List<ReactorOptions> all = options(new CpuList(List.of(2, 5)), 8);

        assertEquals(
                List.of(OptionalInt.of(2), OptionalInt.of(5)),
                all.stream().map(ReactorOptions::cpu).toList());
        assertEquals("reactor-cpu2", all.getFirst().name());
    }

    @Test
    void shouldSpinForLongOnlyWhereACpuIsLeft() {
        assertEquals(ReactorOptions.MOST_SPIN_NS, DataPlane.maxSpinNs(1, 2));
        assertEquals(ReactorOptions.LEAST_SPIN_NS, DataPlane.maxSpinNs(1, 1));
        assertEquals(ReactorOptions.LEAST_SPIN_NS, DataPlane.maxSpinNs(4, 2));
    }
}
