package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.Native;

/** Owner of an {@code rdma_event_channel}. */
final class LibEventChannel implements EventChannel {

    private static final int RDMA_PS_TCP = 0x0106;

    private final Libraries lib;
    private final MemorySegment channel;
    private final int fd;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment errno = Calls.errno(arena);
    private final MemorySegment eventPointer = arena.allocate(ADDRESS);
    // Closing an id may happen on another thread than the one that reads events.
    private final Map<Long, LibCmId> ids = new ConcurrentHashMap<>();
    private boolean closed;

    private LibEventChannel(Libraries lib, MemorySegment channel) {
        this.lib = lib;
        this.channel = channel;
        fd = channel.get(JAVA_INT, CmLayouts.EVENT_CHANNEL_FD_OFFSET);
    }

    static LibEventChannel open(Libraries lib) throws VerbsException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(scratch);
            MemorySegment raw = Calls.p(lib.rdmaCreateEventChannel, errno);
            Calls.check(raw, errno, "rdma_create_event_channel", "this machine");
            LibEventChannel made = new LibEventChannel(lib, Native.sized(raw, CmLayouts.EVENT_CHANNEL.byteSize()));
            try {
                Descriptors.nonBlocking(made.fd, "an RDMA event channel");
            } catch (VerbsException e) {
                made.close();
                throw e;
            }
            return made;
        }
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public CmId createId() throws VerbsException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment state = Calls.errno(scratch);
            MemorySegment pointer = scratch.allocate(ADDRESS);
            int result = Calls.i_PPPI(lib.rdmaCreateId, state, channel, pointer, MemorySegment.NULL, RDMA_PS_TCP);
            Calls.check(result, state, "rdma_create_id", "a new connection id");
            return adopt(pointer.get(ADDRESS, 0));
        }
    }

    @Override
    public @Nullable CmEvent next() throws VerbsException {
        while (true) {
            if (closed) {
                return null;
            }
            int result = Calls.i_PP(lib.rdmaGetCmEvent, errno, channel, eventPointer);
            if (result != 0) {
                if (Native.errno(errno) == VerbsException.EAGAIN) {
                    return null;
                }
                Calls.check(result, errno, "rdma_get_cm_event", "the event channel");
            }
            CmEvent event = copyAndAcknowledge(eventPointer.get(ADDRESS, 0));
            if (event != null) {
                return event;
            }
        }
    }

    /** Copies first: acknowledging frees the event and lets its id be destroyed. */
    private @Nullable CmEvent copyAndAcknowledge(MemorySegment raw) throws VerbsException {
        MemorySegment event = Native.sized(raw, CmLayouts.CM_EVENT.byteSize());
        CmEvent.Type type = CmEvent.Type.of(event.get(JAVA_INT, CmLayouts.EVENT_EVENT_OFFSET));
        boolean request = type == CmEvent.Type.CONNECT_REQUEST;
        MemorySegment idPointer = event.get(ADDRESS, CmLayouts.EVENT_ID_OFFSET);
        LibCmId id = request ? adopt(idPointer) : ids.get(idPointer.address());
        LibCmId listener = request ? ids.get(event.get(JAVA_LONG, CmLayouts.EVENT_LISTEN_ID_OFFSET)) : null;
        int status = event.get(JAVA_INT, CmLayouts.EVENT_STATUS_OFFSET);
        CmEvent.Connect connect = request || type == CmEvent.Type.ESTABLISHED ? connect(event) : null;
        Calls.check(Calls.i_P(lib.rdmaAckCmEvent, errno, raw), errno, "rdma_ack_cm_event", "event " + type);
        return id == null ? null : new CmEvent(type, id, listener, status, connect);
    }

    private static CmEvent.Connect connect(MemorySegment event) {
        MemorySegment param = event.asSlice(CmLayouts.EVENT_PARAM_OFFSET, CmLayouts.CONN_PARAM.byteSize());
        MemorySegment data = param.get(ADDRESS, CmLayouts.PRIVATE_DATA_OFFSET);
        int length = param.get(JAVA_BYTE, CmLayouts.PRIVATE_DATA_LEN_OFFSET) & 0xFF;
        byte[] bytes = data.address() == 0 || length == 0
                ? new byte[0]
                : Native.sized(data, length).toArray(JAVA_BYTE);
        return new CmEvent.Connect(
                MemorySegment.ofArray(bytes).asReadOnly(),
                param.get(JAVA_BYTE, CmLayouts.RESPONDER_RESOURCES_OFFSET) & 0xFF,
                param.get(JAVA_BYTE, CmLayouts.INITIATOR_DEPTH_OFFSET) & 0xFF,
                param.get(JAVA_BYTE, CmLayouts.RNR_RETRY_COUNT_OFFSET) & 0xFF);
    }

    private LibCmId adopt(MemorySegment pointer) {
        LibCmId id = new LibCmId(lib, this, Native.sized(pointer, CmLayouts.CM_ID.byteSize()));
        ids.put(pointer.address(), id);
        return id;
    }

    void forget(long address) {
        ids.remove(address);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Calls.v_P(lib.rdmaDestroyEventChannel, channel);
        }
    }
}
