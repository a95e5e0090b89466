package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.CompletionChannel;
import org.nvmftarget.data.ffi.verbs.CompletionQueue;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.SharedReceiveQueue;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.verbs.Flavor;
import org.nvmftarget.verbs.Ledger;
import org.nvmftarget.verbs.SimThread;
import org.nvmftarget.verbs.SoftDevice;
import org.nvmftarget.verbs.SoftRdma;
import org.nvmftarget.verbs.World;

class DeviceContextTest {

    private final World world = new World(1);
    private final SoftRdma rdma = new SoftRdma(world);
    private final InetAddress address = InetAddress.ofLiteral("10.0.0.1");
    private final SoftDevice device = rdma.addDevice("soft0", Flavor.ADAPTER, SoftDevice.LIMITS, address);

    /** What the device was to pin. */
    private final List<MemorySegment> memory = new ArrayList<>();

    @Test
    void memoryThatCannotBePinnedIsFreed() throws Exception {
        List<Reactor> reactors = List.of(new FakeReactor());
        DeviceHold hold = DeviceHold.of(rdma.openEventChannel(), device, address);
        Reaper reaper = new Reaper(new SimThread(world, "reaper"), Waiting.BLOCKING);
        Means means = new Means(new Statistics(), reaper, PoolSizes.TOTAL_BYTES, () -> Long.MAX_VALUE);

        VerbsException e = assertThrows(
                VerbsException.class,
                () -> DeviceContext.open(
                        new PinsNothing(), hold, TransportOptions.rdma(), reactors, means, lost -> {}));

        assertEquals(VerbsException.ENOMEM, e.errno());
        assertFalse(memory.getFirst().scope().isAlive());
        assertEquals(0, world.ledger().count(Ledger.Kind.DOMAIN));
    }

    @Test
    void aHoldIsAnIdOnTheDevice() throws Exception {
        DeviceHold hold = DeviceHold.of(rdma.openEventChannel(), device, address);
        assertEquals(1, world.ledger().count(Ledger.Kind.ID));

        hold.close();
        assertEquals(0, world.ledger().count(Ledger.Kind.ID));
    }

    @Test
    void aHoldThatCannotBeHadLeavesNoId() throws Exception {
        var channel = rdma.openEventChannel();
        InetAddress nobodys = InetAddress.ofLiteral("10.0.0.2");

        assertThrows(VerbsException.class, () -> DeviceHold.of(channel, device, nobodys));
        assertEquals(0, world.ledger().count(Ledger.Kind.ID));
    }

    /** The device, but for its memory. */
    private final class PinsNothing implements RdmaDevice, ProtectionDomain {
        private final ProtectionDomain domain;

        PinsNothing() throws VerbsException {
            domain = device.allocateProtectionDomain();
        }

        @Override
        public MemoryRegion register(MemorySegment wanted) throws VerbsException {
            memory.add(wanted);
            throw new VerbsException("ibv_reg_mr", name(), VerbsException.ENOMEM);
        }

        @Override
        public ProtectionDomain allocateProtectionDomain() {
            return this;
        }

        @Override
        public SharedReceiveQueue createSharedReceiveQueue(int entries, int maxSge, int limit) throws VerbsException {
            return domain.createSharedReceiveQueue(entries, maxSge, limit);
        }

        @Override
        public void close() {
            domain.close();
        }

        @Override
        public String name() {
            return device.name();
        }

        @Override
        public DeviceLimits limits() throws VerbsException {
            return device.limits();
        }

        @Override
        public boolean tellsOfLastReceive() {
            return device.tellsOfLastReceive();
        }

        @Override
        public int eventFd() {
            return device.eventFd();
        }

        @Override
        public @Nullable AsyncEvent nextEvent() throws VerbsException {
            return device.nextEvent();
        }

        @Override
        public CompletionChannel createCompletionChannel() throws VerbsException {
            return device.createCompletionChannel();
        }

        @Override
        public CompletionQueue createCompletionQueue(int entries, CompletionChannel channel) throws VerbsException {
            return device.createCompletionQueue(entries, channel);
        }
    }
}
