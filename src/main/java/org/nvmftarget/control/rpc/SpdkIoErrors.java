package org.nvmftarget.control.rpc;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevSpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * How bdevs' operations ended, by the words of SPDK. There a module says what went wrong in its own way: that of AIO disks
 * by an errno, that of NVMe disks by a drive's status. What had no answer from below has just failed.
 */
final class SpdkIoErrors {
    private static final String FAILED = "failed";
    private static final String NVME_ERROR = "nvme_error";
    private static final String MISCOMPARE = "miscompare";
    private static final String AIO_ERROR = "aio_error";
    /** As SPDK numbers them. */
    private static final List<String> IN_ORDER = List.of(FAILED, NVME_ERROR, MISCOMPARE, AIO_ERROR);

    private static final Set<String> NOT_OF_A_FILE = Set.of("out_of_range", "unsupported");
    private static final Set<String> NOT_OF_A_DRIVE = Set.of("out_of_range", "unsupported", "gone", "not_ready");

    private final Supplier<Map<String, BdevSpec>> source;
    /** Null until some bdev has errors: mostly none has, and asking for all costs more than the answer. */
    private @Nullable Map<String, BdevSpec> bdevs;

    /** @param source what there is */
    SpdkIoErrors(Supplier<Map<String, BdevSpec>> source) {
        this.source = source;
    }

    /**
     * Adds those that there were.
     *
     * @param name of the bdev
     * @param errors by how the operations ended here
     */
    void addTo(ObjectNode json, String name, Map<String, Long> errors) {
        if (errors.isEmpty()) {
            return;
        }
        Map<String, BdevSpec> all = bdevs == null ? source.get() : bdevs;
        bdevs = all;
        BdevSpec bdev = all.get(name);
        Map<String, Long> counts = new TreeMap<>();
        errors.forEach((error, count) -> counts.merge(word(bdev, error), count, Long::sum));
        for (String word : IN_ORDER) {
            Long count = counts.get(word);
            if (count != null) {
                json.put(word, count);
            }
        }
    }

    private static String word(@Nullable BdevSpec bdev, String error) {
        if (error.equals(MISCOMPARE)) {
            return MISCOMPARE;
        }
        return switch (bdev) {
            case BdevSpec.File _, BdevSpec.Block _ -> NOT_OF_A_FILE.contains(error) ? FAILED : AIO_ERROR;
            case BdevSpec.Nvme _ -> NOT_OF_A_DRIVE.contains(error) ? FAILED : NVME_ERROR;
            case null, default -> FAILED;
        };
    }
}
