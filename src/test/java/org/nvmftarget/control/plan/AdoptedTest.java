package org.nvmftarget.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TargetConfig;

/** Files and block devices have a say in what they are. */
class AdoptedTest {

    private static final UUID ID = new UUID(1, 2);
    private static final long GIB = 1L << 30;

    private static TargetConfig with(BdevSpec bdev) {
        return with(Map.of("disk", bdev));
    }

    private static TargetConfig with(Map<String, BdevSpec> bdevs) {
        return new TargetConfig(new TreeMap<>(), new TreeMap<>(bdevs), new TreeMap<>(), TargetConfig.EMPTY.discovery());
    }

    private static BdevSpec file(long bytes, boolean allowShrink) {
        return new BdevSpec.File("disk", "/srv/disk", bytes, 512, allowShrink, ID);
    }

    private static BdevSpec block(long bytes, int blockBytes) {
        return new BdevSpec.Block("disk", "/dev/disk/by-id/x", bytes, blockBytes, ID);
    }

    private static List<Step> steps(BdevSpec live, BdevSpec desired) {
        Plan plan = Planner.plan(LiveState.EMPTY.withConfig(with(live)), with(desired), SourceMap.EMPTY, 1, Map.of());
        assertEquals(plan.steps().isEmpty(), !plan.hasChanges());
        assertEquals(
                plan.steps().isEmpty(), Differ.diff(with(live), with(desired)).isEmpty());
        return plan.steps().stream().map(PlanStep::step).toList();
    }

    @Test
    void aFileThatGrewFromOutsideIsLeftSo() {
        assertEquals(List.of(), steps(file(2 * GIB, false), file(GIB, false)));
    }

    @Test
    void aFileThatMayShrinkDoes() {
        assertEquals(List.of(new Step.ResizeBdev("disk", GIB)), steps(file(2 * GIB, false), file(GIB, true)));
    }

    @Test
    void aFileThatIsTooSmallGrows() {
        assertEquals(List.of(new Step.ResizeBdev("disk", 2 * GIB)), steps(file(GIB, false), file(2 * GIB, false)));
    }

    @Test
    void whetherAFileMayShrinkIsNoDifference() {
        assertEquals(List.of(), steps(file(GIB, false), file(GIB, true)));
        assertEquals(List.of(), steps(file(GIB, true), file(GIB, false)));
    }

    @Test
    void aBlockDeviceHasItsOwnSizeAndBlockSize() {
        assertEquals(List.of(), steps(block(5 * GIB, 4096), block(0, 0)));
        assertEquals(List.of(), steps(block(5 * GIB, 4096), block(0, 4096)));
        assertEquals(
                List.of(new Step.RemoveBdev("disk"), new Step.CreateBdev(block(0, 4096))),
                steps(block(5 * GIB, 512), block(0, 4096)));
    }

    private static BdevSpec nvme(String path, long bytes, int blockBytes) {
        return new BdevSpec.Nvme("disk", path, bytes, blockBytes, ID, BdevLimits.NONE);
    }

    @Test
    void aNamespaceOfADriveHasItsOwnSizeAndBlockSize() {
        assertEquals(List.of(), steps(nvme("/dev/ng0n1", 5 * GIB, 4096), nvme("/dev/ng0n1", 0, 0)));
        assertEquals(
                List.of(new Step.RemoveBdev("disk"), new Step.CreateBdev(nvme("/dev/ng0n1", 0, 4096))),
                steps(nvme("/dev/ng0n1", 5 * GIB, 512), nvme("/dev/ng0n1", 0, 4096)));
        assertEquals(
                List.of(new Step.RemoveBdev("disk"), new Step.CreateBdev(nvme("/dev/ng0n1", 0, 0))),
                steps(block(5 * GIB, 4096), nvme("/dev/ng0n1", 0, 0)),
                "another type is another bdev");
    }

    @Test
    void aDriveIsLetGoOfUnderOneNameBeforeItIsTakenUnderTheOther() {
        BdevSpec before = new BdevSpec.Block("z", "/dev/nvme0n1", GIB, 512, ID);
        BdevSpec after = new BdevSpec.Nvme("a", "/dev/ng0n1", 0, 0, ID, BdevLimits.NONE);
        TargetConfig live = with(Map.of("z", before));
        TargetConfig desired = with(Map.of("a", after));
        assertEquals(
                List.of(new Step.RemoveBdev("z"), new Step.CreateBdev(after)),
                Planner.plan(LiveState.EMPTY.withConfig(live), desired, SourceMap.EMPTY, 1, Map.of()).steps().stream()
                        .map(PlanStep::step)
                        .toList());
    }

    @Test
    void anotherPathIsAnotherDevice() {
        BdevSpec other = new BdevSpec.File("disk", "/srv/other", GIB, 512, false, ID);
        assertEquals(
                List.of(new Step.RemoveBdev("disk"), new Step.CreateBdev(other)), steps(file(2 * GIB, false), other));
    }
}
