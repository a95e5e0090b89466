package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import tools.jackson.databind.node.ObjectNode;

final class SpdkIoErrorsTest {

    private static final UUID UUID_1 = new UUID(1, 2);

    private static String of(BdevSpec bdev, Map<String, Long> errors) {
        return of(() -> Map.of(bdev.name(), bdev), errors);
    }

    private static String of(Supplier<Map<String, BdevSpec>> bdevs, Map<String, Long> errors) {
        ObjectNode json = Json.object();
        new SpdkIoErrors(bdevs).addTo(json, "a", errors);
        return json.toString();
    }

    @Test
    void filesAndBlockDevicesHaveErrorsOfAio() {
        Map<String, Long> errors = Map.of(
                "io_error", 1L, "no_space", 2L, "gone", 4L, "miscompare", 8L, "unsupported", 16L, "out_of_range", 32L);
        String expected = "{\"failed\":48,\"miscompare\":8,\"aio_error\":7}";
        assertEquals(expected, of(new BdevSpec.File("a", "/a", 512, 512, false, UUID_1), errors));
        assertEquals(expected, of(new BdevSpec.Block("a", "/dev/a", 512, 512, UUID_1), errors));
    }

    @Test
    void whatADriveAnsweredIsAnErrorOfNvme() {
        BdevSpec drive = new BdevSpec.Nvme("a", "/dev/ng0n1", 512, 512, UUID_1, BdevLimits.NONE);
        assertEquals(
                "{\"failed\":12,\"nvme_error\":3}",
                of(drive, Map.of("reserved", 1L, "unreadable", 2L, "gone", 4L, "not_ready", 8L)));
    }

    @Test
    void othersHaveJustFailed() {
        assertEquals("{\"failed\":5}", of(new BdevSpec.Null("a", 512, 512, UUID_1), Map.of("io_error", 5L)));
        assertEquals("{\"failed\":5}", of(Map::of, Map.of("gone", 5L)), "it is not there any more");
    }

    @Test
    void nobodyIsAskedWhereThereAreNone() {
        assertEquals(
                "{}",
                of(
                        () -> {
                            throw new AssertionError("asked");
                        },
                        Map.of()));
    }
}
