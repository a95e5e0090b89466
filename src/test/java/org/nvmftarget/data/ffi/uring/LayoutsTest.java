package org.nvmftarget.data.ffi.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layouts and numbers against a golden table, and against the installed header where there is a compiler. */
class LayoutsTest {

    private static Map<String, Long> layouts() {
        Map<String, Long> ours = new LinkedHashMap<>();
        for (String field : new String[] {"fd", "off", "addr", "len", "rw_flags", "user_data", "buf_index"}) {
            ours.put("offsetof(struct io_uring_sqe, " + field + ")", Layouts.offset(Layouts.SQE, field));
        }
        ours.put("sizeof(struct io_uring_sqe)", Layouts.SQE.byteSize());
        ours.put("sizeof(struct io_uring_cqe)", Layouts.CQE.byteSize());
        ours.put("offsetof(struct io_uring_cqe, res)", Layouts.offset(Layouts.CQE, "res"));
        for (String field : new String[] {"flags", "features", "sq_off", "cq_off"}) {
            ours.put("offsetof(struct io_uring_params, " + field + ")", Layouts.offset(Layouts.PARAMS, field));
        }
        ours.put("sizeof(struct io_uring_params)", Layouts.PARAMS.byteSize());
        ours.put("offsetof(struct io_sqring_offsets, array)", Layouts.offset(Layouts.SQ_OFFSETS, "array"));
        ours.put("offsetof(struct io_cqring_offsets, cqes)", Layouts.offset(Layouts.CQ_OFFSETS, "cqes"));
        ours.put("offsetof(struct io_cqring_offsets, flags)", Layouts.offset(Layouts.CQ_OFFSETS, "flags"));
        return ours;
    }

    private static Map<String, Long> numbers() {
        Map<String, Long> ours = new LinkedHashMap<>();
        ours.put("IORING_OP_FSYNC", (long) Layouts.IORING_OP_FSYNC);
        ours.put("IORING_OP_FALLOCATE", (long) Layouts.IORING_OP_FALLOCATE);
        ours.put("IORING_OP_READ", (long) Layouts.IORING_OP_READ);
        ours.put("IORING_OP_WRITE", (long) Layouts.IORING_OP_WRITE);
        ours.put("IORING_FSYNC_DATASYNC", (long) Layouts.IORING_FSYNC_DATASYNC);
        ours.put("IORING_OP_URING_CMD", (long) Layouts.IORING_OP_URING_CMD);
        ours.put("IORING_URING_CMD_FIXED", (long) Layouts.IORING_URING_CMD_FIXED);
        ours.put("IORING_SETUP_SQE128", (long) Layouts.IORING_SETUP_SQE128);
        ours.put("IORING_SETUP_CQE32", (long) Layouts.IORING_SETUP_CQE32);
        ours.put("offsetof(struct io_uring_sqe, cmd)", (long) Layouts.SQE_CMD);
        ours.put("IOSQE_FIXED_FILE", (long) Layouts.IOSQE_FIXED_FILE);
        ours.put("IORING_SETUP_CQSIZE", (long) Layouts.IORING_SETUP_CQSIZE);
        ours.put("IORING_FEAT_SINGLE_MMAP", (long) Layouts.IORING_FEAT_SINGLE_MMAP);
        ours.put("IORING_FEAT_NODROP", (long) Layouts.IORING_FEAT_NODROP);
        ours.put("IORING_CQ_EVENTFD_DISABLED", (long) Layouts.IORING_CQ_EVENTFD_DISABLED);
        ours.put("IORING_ENTER_GETEVENTS", (long) Layouts.IORING_ENTER_GETEVENTS);
        ours.put("IORING_REGISTER_FILES", (long) Layouts.IORING_REGISTER_FILES);
        ours.put("IORING_REGISTER_EVENTFD", (long) Layouts.IORING_REGISTER_EVENTFD);
        ours.put("IORING_REGISTER_FILES_UPDATE", (long) Layouts.IORING_REGISTER_FILES_UPDATE);
        ours.put("(long) IORING_OFF_SQES", Layouts.IORING_OFF_SQES);
        ours.put("RWF_DSYNC", (long) Ring.RWF_DSYNC);
        ours.put("IORING_SETUP_COOP_TASKRUN", (long) Layouts.IORING_SETUP_COOP_TASKRUN);
        ours.put("IORING_SETUP_TASKRUN_FLAG", (long) Layouts.IORING_SETUP_TASKRUN_FLAG);
        ours.put("IORING_SETUP_SINGLE_ISSUER", (long) Layouts.IORING_SETUP_SINGLE_ISSUER);
        ours.put("IORING_SETUP_DEFER_TASKRUN", (long) Layouts.IORING_SETUP_DEFER_TASKRUN);
        ours.put("IORING_SQ_TASKRUN", (long) Layouts.IORING_SQ_TASKRUN);
        ours.put("IORING_SQ_CQ_OVERFLOW", (long) Layouts.IORING_SQ_CQ_OVERFLOW);
        return ours;
    }

    @Test
    void shouldHaveTheLayoutsOfTheKernel() {
        assertEquals(
                "4 8 16 24 28 32 40 64 16 8 8 20 40 80 120 24 20 24",
                layouts().values().stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }

    @Test
    void shouldAgreeWithTheInstalledHeader(@TempDir Path folder) throws Exception {
        Path compiler = Path.of("/usr/bin/gcc");
        assumeTrue(Files.isExecutable(compiler), "no C compiler: the header was not looked at");
        assumeTrue(Files.exists(Path.of("/usr/include/linux/io_uring.h")), "the kernel's headers are not installed");
        Map<String, Long> expected = layouts();
        expected.putAll(numbers());
        StringBuilder program = new StringBuilder("""
            #include <stdio.h>
            #include <stddef.h>
            #include <linux/fs.h>
            #include <linux/io_uring.h>
            int main(void) {
            """);
        for (String each : expected.keySet()) {
            program.append("printf(\"%ld\\n\", (long) (").append(each).append("));\n");
        }
        Path source = Files.writeString(folder.resolve("probe.c"), program.append("return 0; }\n"));
        Path binary = folder.resolve("probe");
        run(compiler.toString(), "-o", binary.toString(), source.toString());
        String values = expected.values().stream().map(v -> v + "\n").collect(Collectors.joining());
        assertEquals(values, run(binary.toString()));
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
