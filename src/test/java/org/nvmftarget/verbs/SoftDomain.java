package org.nvmftarget.verbs;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.PostedWork;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.SharedReceiveQueue;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** A protection domain. */
final class SoftDomain implements ProtectionDomain, Ledger.OfDevice {

    private final SoftDevice device;
    private boolean closed;

    /** Regions, shared receive queues and queue pairs of it that are open. */
    int users;

    SoftDomain(SoftDevice device) {
        this.device = device;
    }

    @Override
    public SoftDevice device() {
        return device;
    }

    @Override
    public MemoryRegion register(MemorySegment memory) throws VerbsException {
        device.enter(Faults.Point.REGISTER, "ibv_reg_mr");
        alive();
        if (!memory.isNative()) {
            throw new IllegalArgumentException("only native memory can be registered");
        }
        if (memory.byteSize() > device.limitsUnchecked().maxMrSizeBytes()) {
            throw new VerbsException("ibv_reg_mr", device.name(), VerbsException.EINVAL);
        }
        return device.add(new SoftRegion(this, memory, device.newKey()));
    }

    @Override
    public SharedReceiveQueue createSharedReceiveQueue(int entries, int maxSge, int limit) throws VerbsException {
        device.enter(Faults.Point.CREATE_SRQ, "ibv_create_srq");
        alive();
        if (entries > device.limitsUnchecked().maxSrqWr()
                || maxSge > device.limitsUnchecked().maxSrqSge()) {
            throw new VerbsException("ibv_create_srq", device.name(), VerbsException.EINVAL);
        }
        return new SoftSharedReceiveQueue(this, entries, maxSge, limit);
    }

    /** The buffer that a work request names, from now on the device's; null if it is not this domain's to use. */
    Dma.@Nullable Use use(PostedWork.Sge sge, boolean deviceWrites, String who) {
        SoftRegion region = device.region(sge.lkey());
        long bytes = Integer.toUnsignedLong(sge.lengthBytes());
        if (region == null || region.domain() != this || !region.holds(sge.address(), bytes)) {
            return null;
        }
        World world = device.world();
        if (!region.isOpen()) {
            throw world.violation(who + " names " + region + ", which is deregistered");
        }
        MemorySegment memory =
                region.memory().asSlice(sge.address() - region.memory().address(), bytes);
        return world.dma().begin(memory, region, deviceWrites, who);
    }

    private void alive() {
        if (closed) {
            throw device.world().violation("the protection domain of " + device + " is used after it was closed");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        device.world().meanwhile();
        if (users > 0) {
            throw device.world()
                    .violation("the protection domain of " + device + " is closed with " + users + " users");
        }
        closed = true;
        device.world().ledger().close(this);
    }

    @Override
    public String toString() {
        return "protection domain of " + device;
    }
}
