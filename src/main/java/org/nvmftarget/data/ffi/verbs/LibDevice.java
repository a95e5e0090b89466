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

    private static final int IBV_TRANSPORT_IWARP = 1;
    private static final int IBV_DEVICE_MEM_MGT_EXTENSIONS = 1 << 21;

    private final Libraries lib;
    private final MemorySegment context;
    private final VerbsOps ops;
    private final String name;
    private final boolean iwarp;

    private LibDevice(Libraries lib, MemorySegment context) {
        this.lib = lib;
        this.context = context;
        ops = VerbsOps.of(context);
        MemorySegment device =
                Native.sized(context.get(ADDRESS, VerbsLayouts.CONTEXT_DEVICE_OFFSET), VerbsLayouts.DEVICE.byteSize());
        name = name(device);
        iwarp = device.get(JAVA_INT, VerbsLayouts.DEVICE_TRANSPORT_TYPE_OFFSET) == IBV_TRANSPORT_IWARP;
    }

    /** The name in an {@code ibv_device}. */
    static String name(MemorySegment device) {
        return Native.sized(device, VerbsLayouts.DEVICE.byteSize()).getString(VerbsLayouts.DEVICE_NAME_OFFSET);
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
            return limits(attr);
        }
    }

    /** @param attr an {@code ibv_device_attr} */
    static DeviceLimits limits(MemorySegment attr) {
        return new DeviceLimits(
                attr.get(JAVA_INT, VerbsLayouts.VENDOR_ID_OFFSET),
                attr.get(JAVA_LONG, VerbsLayouts.MAX_MR_SIZE_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_QP_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_QP_WR_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_SGE_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_SGE_RD_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_CQ_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_CQE_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_MR_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_PD_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_QP_RD_ATOM_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_QP_INIT_RD_ATOM_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_SRQ_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_SRQ_WR_OFFSET),
                attr.get(JAVA_INT, VerbsLayouts.MAX_SRQ_SGE_OFFSET),
                (attr.get(JAVA_INT, VerbsLayouts.DEVICE_CAP_FLAGS_OFFSET) & IBV_DEVICE_MEM_MGT_EXTENSIONS) != 0);
    }

    boolean isIwarp() {
        return iwarp;
    }

    @Override
    public boolean tellsOfLastReceive() throws VerbsException {
        return !iwarp && !limits().isSoftRoce();
    }

    @Override
    public int eventFd() throws VerbsException {
        int fd = context.get(JAVA_INT, VerbsLayouts.CONTEXT_ASYNC_FD_OFFSET);
        Descriptors.nonBlocking(fd, "events of " + name);
        return fd;
    }

    @Override
    public @Nullable AsyncEvent nextEvent() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment raw = arena.allocate(VerbsLayouts.ASYNC_EVENT);
            int result = Calls.i_PP(lib.ibvGetAsyncEvent, errno, context, raw);
            if (result != 0 && Native.errno(errno) == VerbsException.EAGAIN) {
                return null;
            }
            Calls.check(result, errno, "ibv_get_async_event", name);
            AsyncEvent event = decode(raw);
            Calls.v_P(lib.ibvAckAsyncEvent, raw);
            return event;
        }
    }

    /**
     * Before the event is acknowledged: until then its object is not destroyed.
     *
     * @param raw an {@code ibv_async_event}
     */
    static AsyncEvent decode(MemorySegment raw) {
        AsyncEvent.Type type = AsyncEvent.Type.of(raw.get(JAVA_INT, VerbsLayouts.ASYNC_EVENT_TYPE_OFFSET));
        long at = VerbsLayouts.ASYNC_EVENT_ELEMENT_OFFSET;
        return new AsyncEvent(
                type,
                switch (type.subject()) {
                    case DEVICE -> 0;
                    case PORT -> raw.get(JAVA_INT, at);
                    case COMPLETION_QUEUE, SHARED_RECEIVE_QUEUE -> raw.get(JAVA_LONG, at);
                    case QUEUE_PAIR ->
                        Native.sized(raw.get(ADDRESS, at), VerbsLayouts.QP.byteSize())
                                        .get(JAVA_INT, VerbsLayouts.QP_QP_NUM_OFFSET)
                                & 0xFFFF_FFFFL;
                });
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
