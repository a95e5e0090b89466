package org.nvmftarget.data.rdma;

import org.nvmftarget.data.net.Addresses;
import org.nvmftarget.data.net.OutsideWatch;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportAddress;

/** The machine around the devices: its addresses, and the news of both. */
interface Surroundings {

    /** Whether the machine has the address now. */
    boolean isHere(TransportAddress address);

    /** Calls {@code onChange} on {@code acceptor} when an address or a device came or went, until it is closed. */
    Watch watch(Reactor acceptor, Runnable onChange);

    /** Ends with {@link #close}. */
    @FunctionalInterface
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** This machine. */
    static Surroundings ofThisMachine() {
        return new Surroundings() {
            @Override
            public boolean isHere(TransportAddress address) {
                return Addresses.isHere(address);
            }

            @Override
            public Watch watch(Reactor acceptor, Runnable onChange) {
                return OutsideWatch.ofAddressesAndRdmaDevices(acceptor, onChange)::close;
            }
        };
    }
}
