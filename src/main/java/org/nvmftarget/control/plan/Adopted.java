package org.nvmftarget.control.plan;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.TargetConfig;

/**
 * What a spec leaves to files, block devices and what is made of other bdevs themselves. A block device has the size that it has, and, if the spec
 * does not say it, its own block size. A file that is larger than declared is left so, unless it may shrink.
 */
final class Adopted {
    private Adopted() {}

    /** {@code desired} with what {@code live} has where that is as good; with nothing said of what may shrink. */
    static TargetConfig of(TargetConfig live, TargetConfig desired) {
        SortedMap<String, BdevSpec> bdevs = bdevs(live.bdevs(), desired.bdevs());
        return bdevs.equals(desired.bdevs())
                ? desired
                : new TargetConfig(desired.transports(), bdevs, desired.subsystems(), desired.discovery());
    }

    private static SortedMap<String, BdevSpec> bdevs(
            SortedMap<String, BdevSpec> live, SortedMap<String, BdevSpec> desired) {
        if (desired.values().stream()
                .allMatch(bdev -> bdev.path().isEmpty() && bdev.base().isEmpty())) {
            return desired;
        }
        SortedMap<String, BdevSpec> adopted = new TreeMap<>(desired);
        adopted.replaceAll((name, bdev) -> of(live.get(name), bdev));
        return adopted;
    }

    private static BdevSpec of(@Nullable BdevSpec live, BdevSpec desired) {
        return switch (desired) {
            case BdevSpec.File file -> file(Optional.ofNullable(live), file);
            case BdevSpec.Device device -> device(Optional.ofNullable(live), device);
            case BdevSpec.Delay delay ->
                sameShape(live, delay)
                        .map(shape -> delay.withShape(shape.sizeBytes(), shape.blockSizeBytes()))
                        .orElse(delay);
            case BdevSpec.Failing error ->
                sameShape(live, error)
                        .map(shape -> error.withShape(shape.sizeBytes(), shape.blockSizeBytes()))
                        .orElse(error);
            case BdevSpec.Malloc _, BdevSpec.Null _ -> desired;
        };
    }

    /** What is made of another bdev has the size and the block size of that one. */
    private static Optional<BdevSpec> sameShape(@Nullable BdevSpec live, BdevSpec desired) {
        return Optional.ofNullable(live)
                .filter(before -> Attributes.immutableChanges(before, desired).isEmpty());
    }

    private static BdevSpec file(Optional<BdevSpec> live, BdevSpec.File file) {
        long liveBytes = live.filter(
                        before -> Attributes.immutableChanges(before, file).isEmpty())
                .map(BdevSpec::sizeBytes)
                .orElse(0L);
        long bytes = file.allowShrink() ? file.sizeBytes() : Math.max(file.sizeBytes(), liveBytes);
        return new BdevSpec.File(
                file.name(), file.path(), bytes, file.blockSizeBytes(), false, file.uuid(), file.limits());
    }

    private static BdevSpec device(Optional<BdevSpec> live, BdevSpec.Device device) {
        int blockBytes = device.blockSizeBytes() == 0
                ? live.filter(before -> before.getClass() == device.getClass())
                        .map(BdevSpec::blockSizeBytes)
                        .orElse(0)
                : device.blockSizeBytes();
        BdevSpec known = device.withShape(device.sizeBytes(), blockBytes);
        return live.filter(before -> Attributes.immutableChanges(before, known).isEmpty())
                .map(before -> known.withSizeBytes(before.sizeBytes()))
                .orElse(known);
    }
}
