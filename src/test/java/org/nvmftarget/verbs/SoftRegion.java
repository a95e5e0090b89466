package org.nvmftarget.verbs;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;

/** Registered memory. */
final class SoftRegion implements MemoryRegion, Ledger.OfDevice {

    private final SoftDomain domain;
    private final MemorySegment memory;
    private final int lkey;
    private boolean open = true;

    /** Buffers of it that the device has. */
    int uses;

    SoftRegion(SoftDomain domain, MemorySegment memory, int lkey) {
        this.domain = domain;
        this.memory = memory;
        this.lkey = lkey;
    }

    boolean isOpen() {
        return open;
    }

    SoftDomain domain() {
        return domain;
    }

    @Override
    public SoftDevice device() {
        return domain.device();
    }

    /** Whether {@code bytes} from {@code address} lie in it. */
    boolean holds(long address, long bytes) {
        long offset = address - memory.address();
        return offset >= 0 && bytes >= 0 && offset <= memory.byteSize() - bytes;
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
        if (!open) {
            return;
        }
        World world = domain.device().world();
        world.meanwhile();
        if (uses > 0) {
            throw world.violation(this + " is deregistered while the device has " + uses + " buffers of it");
        }
        if (!memory.scope().isAlive()) {
            throw world.violation("the memory of " + this + " was freed before it was deregistered");
        }
        open = false;
        domain.users--;
        world.ledger().close(this);
    }

    @Override
    public String toString() {
        return "region " + Integer.toHexString(lkey) + " of " + memory.byteSize() + " bytes on " + domain.device();
    }
}
