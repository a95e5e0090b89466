package org.nvmftarget.data.ffi.verbs;

import java.util.List;

/** RDMA on this machine: the door of this package. Safe on every thread. */
public interface Rdma {

    /** The Debian packages that bring the libraries and the device providers. */
    String PACKAGES = "librdmacm1, libibverbs1, ibverbs-providers";

    /** Whether the libraries are here. */
    sealed interface Loaded {
        record Ready(Rdma rdma) implements Loaded {}

        /** @param message which library, and the packages to install */
        record Missing(String message) implements Loaded {}
    }

    /** Loads librdmacm and libibverbs, once for the life of the process. */
    static Loaded load() {
        return Libraries.load();
    }

    /** A channel for connection events; fails with ENODEV where the kernel has no RDMA. */
    EventChannel openEventChannel() throws VerbsException;

    /** Names of the devices that the kernel has now. Opens none, and so holds none. */
    List<String> deviceNames() throws VerbsException;

    /**
     * Names of the devices that librdmacm can use, such as {@code rxe0}. Also makes it forget the ones that are gone,
     * whose removal its cache would otherwise hold up. It opens all the others, and fails with ENODEV where there is
     * none.
     */
    List<String> refreshDevices() throws VerbsException;
}
