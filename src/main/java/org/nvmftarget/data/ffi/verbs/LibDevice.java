package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.Native;

/** An {@code ibv_context} that librdmacm opened and keeps. */
final class LibDevice implements RdmaDevice {

    private final Libraries lib;
    private final MemorySegment context;
    private final VerbsOps ops;
    private final String name;

    private LibDevice(Libraries lib, MemorySegment context) {
        this.lib = lib;
        this.context = context;
        ops = VerbsOps.of(context);
        MemorySegment device =
                Native.sized(context.get(ADDRESS, VerbsLayouts.CONTEXT_DEVICE_OFFSET), VerbsLayouts.DEVICE.byteSize());
        name = device.getString(VerbsLayouts.DEVICE_NAME_OFFSET);
    }

    static LibDevice open(Libraries lib, MemorySegment context) {
        return new LibDevice(lib, Native.sized(context, VerbsLayouts.CONTEXT.byteSize()));
    }

    VerbsOps ops() {
        return ops;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DeviceLimits limits() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment attr = arena.allocate(VerbsLayouts.DEVICE_ATTR);
            Calls.check(Calls.i_PP(lib.ibvQueryDevice, errno, context, attr), errno, "ibv_query_device", name);
            return new DeviceLimits(
                    attr.get(JAVA_INT, VerbsLayouts.MAX_QP_WR_OFFSET),
                    attr.get(JAVA_INT, VerbsLayouts.MAX_SGE_OFFSET),
                    attr.get(JAVA_INT, VerbsLayouts.MAX_CQE_OFFSET),
                    attr.get(JAVA_LONG, VerbsLayouts.MAX_MR_SIZE_OFFSET),
                    attr.get(JAVA_INT, VerbsLayouts.MAX_QP_RD_ATOM_OFFSET),
                    attr.get(JAVA_INT, VerbsLayouts.MAX_QP_INIT_RD_ATOM_OFFSET),
                    attr.get(JAVA_INT, VerbsLayouts.MAX_SRQ_WR_OFFSET));
        }
    }

    @Override
    public ProtectionDomain allocateProtectionDomain() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment pd = Calls.p_P(lib.ibvAllocPd, errno, context);
            return new LibProtectionDomain(lib, this, Calls.check(pd, errno, "ibv_alloc_pd", name));
        }
    }

    @Override
    public CompletionChannel createCompletionChannel() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment raw = Calls.p_P(lib.ibvCreateCompChannel, errno, context);
            Calls.check(raw, errno, "ibv_create_comp_channel", name);
            LibCompletionChannel made =
                    new LibCompletionChannel(lib, Native.sized(raw, VerbsLayouts.COMP_CHANNEL.byteSize()), name);
            try {
                Descriptors.nonBlocking(made.fd(), "a completion channel of " + name);
            } catch (VerbsException e) {
                made.close();
                throw e;
            }
            return made;
        }
    }

    @Override
    public CompletionQueue createCompletionQueue(int entries, CompletionChannel channel) throws VerbsException {
        MemorySegment channelPointer = ((LibCompletionChannel) channel).channel();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment raw =
                    Calls.p_PIPPI(lib.ibvCreateCq, errno, context, entries, MemorySegment.NULL, channelPointer, 0);
            Calls.check(raw, errno, "ibv_create_cq", name + " with " + entries + " entries");
            return new LibCompletionQueue(lib, ops, Native.sized(raw, VerbsLayouts.CQ.byteSize()), name);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LibDevice that && that.context.address() == context.address();
    }

    @Override
    public int hashCode() {
        return Long.hashCode(context.address());
    }

    @Override
    public String toString() {
        return name;
    }
}
