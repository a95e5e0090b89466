package org.nvmftarget.data.rdma;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.EventChannel;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.net.Addresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An id that is only bound, for as long as anything of a device is open. Of a device that the kernel has lost, librdmacm
 * closes the context with the last id on it, whatever else uses that context: memory regions, completion queues.
 */
final class DeviceHold implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeviceHold.class);

    private final @Nullable CmId id;

    private DeviceHold(@Nullable CmId id) {
        this.id = id;
    }

    /** @param at an address of {@code device}; a link-local one may be without its interface, as connections tell it */
    static DeviceHold of(EventChannel channel, RdmaDevice device, InetAddress at) throws VerbsException {
        VerbsException failure = null;
        for (InetAddress address : Addresses.withInterface(at)) {
            CmId id = channel.createId();
            try {
                id.bind(new InetSocketAddress(address, 0));
                if (device.equals(id.device())) {
                    return new DeviceHold(id);
                }
            } catch (VerbsException e) {
                failure = e;
            }
            id.close();
        }
        if (failure != null) {
            throw failure;
        }
        log.warn("{} is not the device of its address {}: its removal may come too early", device.name(), at);
        return new DeviceHold(null);
    }

    /** The last thing of the device. Idempotent. */
    @Override
    public void close() {
        if (id != null) {
            id.close();
        }
    }
}
