package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.ffi.Native;

/** Owner of an {@code ibv_pd}. */
final class LibProtectionDomain implements ProtectionDomain {

    private static final int IBV_ACCESS_LOCAL_WRITE = 1;
    private static final int IBV_ACCESS_REMOTE_WRITE = 1 << 1;

    private final Libraries lib;
    private final LibDevice device;
    private final MemorySegment pd;
    private boolean closed;

    LibProtectionDomain(Libraries lib, LibDevice device, MemorySegment pd) {
        this.lib = lib;
        this.device = device;
        this.pd = pd;
    }

    LibDevice device() {
        return device;
    }

    MemorySegment pd() {
        if (closed) {
            throw new IllegalStateException("the protection domain of " + device.name() + " is closed");
        }
        return pd;
    }

    @Override
    public MemoryRegion register(MemorySegment memory) throws VerbsException {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("only native memory can be registered");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment raw = Calls.p_PPLI(lib.ibvRegMr, errno, pd(), memory, memory.byteSize(), access());
            Calls.check(raw, errno, "ibv_reg_mr", memory.byteSize() + " bytes for " + device.name());
            return new Region(lib, Native.sized(raw, VerbsLayouts.MR.byteSize()), memory);
        }
    }

    /** The answer to an iWARP RDMA read is a write of the peer's (RFC 5040, section 5.2). */
    private int access() {
        return device.isIwarp() ? IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE : IBV_ACCESS_LOCAL_WRITE;
    }

    @Override
    public SharedReceiveQueue createSharedReceiveQueue(int entries, int maxSge, int limit) throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment attr = arena.allocate(VerbsLayouts.SRQ_INIT_ATTR);
            attr.set(JAVA_INT, VerbsLayouts.SRQ_INIT_MAX_WR_OFFSET, entries);
            attr.set(JAVA_INT, VerbsLayouts.SRQ_INIT_MAX_SGE_OFFSET, maxSge);
            attr.set(JAVA_INT, VerbsLayouts.SRQ_INIT_LIMIT_OFFSET, limit);
            MemorySegment raw = Calls.p_PP(lib.ibvCreateSrq, errno, pd(), attr);
            Calls.check(raw, errno, "ibv_create_srq", device.name() + " with " + entries + " receives");
            // The provider has written back how many it really holds.
            int made = attr.get(JAVA_INT, VerbsLayouts.SRQ_INIT_MAX_WR_OFFSET);
            return new LibSharedReceiveQueue(lib, device.ops(), raw, device.name(), made);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try (Arena arena = Arena.ofConfined()) {
                // It fails only where the device is gone.
                int _ = Calls.i_P(lib.ibvDeallocPd, Calls.errno(arena), pd);
            }
        }
    }

    /** Owner of an {@code ibv_mr}. */
    private static final class Region implements MemoryRegion {
        private final Libraries lib;
        private final MemorySegment mr;
        private final MemorySegment memory;
        private final int lkey;
        private boolean closed;

        Region(Libraries lib, MemorySegment mr, MemorySegment memory) {
            this.lib = lib;
            this.mr = mr;
            this.memory = memory;
            lkey = mr.get(JAVA_INT, VerbsLayouts.MR_LKEY_OFFSET);
        }

        @Override
        public MemorySegment memory() {
            return memory;
        }

        @Override
        public int lkey() {
            return lkey;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                try (Arena arena = Arena.ofConfined()) {
                    // It fails only where the device is gone.
                    int _ = Calls.i_P(lib.ibvDeregMr, Calls.errno(arena), mr);
                }
            }
        }
    }
}
