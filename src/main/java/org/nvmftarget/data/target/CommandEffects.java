package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Wire;

/** Commands Supported and Effects, log page 05h: every command that a controller of an NVM subsystem executes. */
final class CommandEffects {
    private CommandEffects() {}

    private static final int SUPPORTED = 1;

    /** Admin commands that concern the controller. */
    private static final int[] CONTROLLER = {Opcode.ABORT, Opcode.ASYNC_EVENT_REQUEST, Opcode.KEEP_ALIVE};

    /** Admin commands that concern the controller or a namespace. */
    private static final int[] BOTH = {Opcode.GET_LOG_PAGE, Opcode.IDENTIFY, Opcode.SET_FEATURES, Opcode.GET_FEATURES};

    /** I/O commands that leave the data alone. */
    private static final int[] READS = {
        Opcode.FLUSH,
        Opcode.READ,
        Opcode.COMPARE,
        Opcode.VERIFY,
        Opcode.RESERVATION_REGISTER,
        Opcode.RESERVATION_REPORT,
        Opcode.RESERVATION_ACQUIRE,
        Opcode.RESERVATION_RELEASE
    };

    private static final int[] WRITES = {
        Opcode.WRITE, Opcode.WRITE_UNCORRECTABLE, Opcode.WRITE_ZEROES, Opcode.DATASET_MANAGEMENT, Opcode.COPY
    };

    /** Writes the page over zeroed bytes. */
    static void encode(MemorySegment s) {
        put(s, LogPage.EFFECTS_ADMIN, CONTROLLER, LogPage.SCOPE_CONTROLLER);
        put(s, LogPage.EFFECTS_ADMIN, BOTH, LogPage.SCOPE_CONTROLLER | LogPage.SCOPE_NAMESPACE);
        put(s, LogPage.EFFECTS_IO, READS, LogPage.SCOPE_NAMESPACE);
        put(s, LogPage.EFFECTS_IO, WRITES, LogPage.SCOPE_NAMESPACE | LogPage.CHANGES_BLOCKS);
    }

    private static void put(MemorySegment s, long at, int[] opcodes, int effects) {
        for (int opcode : opcodes) {
            Wire.putU32(s, at + opcode * 4L, SUPPORTED | effects);
        }
    }
}
