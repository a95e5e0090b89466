package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.nvmftarget.data.ffi.Native;

/** The machine's RDMA devices, through the libraries. */
final class LibRdma implements Rdma {

    private final Libraries lib;

    LibRdma(Libraries lib) {
        this.lib = lib;
    }

    @Override
    public EventChannel openEventChannel() throws VerbsException {
        return LibEventChannel.open(lib);
    }

    @Override
    public List<String> deviceNames() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment count = arena.allocate(JAVA_INT);
            MemorySegment array = Calls.p_P(lib.ibvGetDeviceList, errno, count);
            Calls.check(array, errno, "ibv_get_device_list", "this machine");
            List<String> names = new ArrayList<>();
            int n = count.get(JAVA_INT, 0);
            MemorySegment devices = n == 0 ? MemorySegment.NULL : Native.sized(array, n * ADDRESS.byteSize());
            for (int i = 0; i < n; i++) {
                names.add(LibDevice.name(devices.getAtIndex(ADDRESS, i)));
            }
            Calls.v_P(lib.ibvFreeDeviceList, array);
            return List.copyOf(names);
        }
    }

    @Override
    public List<String> refreshDevices() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment count = arena.allocate(JAVA_INT);
            MemorySegment array = Calls.p_P(lib.rdmaGetDevices, errno, count);
            Calls.check(array, errno, "rdma_get_devices", "this machine");
            List<String> names = new ArrayList<>();
            int n = count.get(JAVA_INT, 0);
            MemorySegment contexts = n == 0 ? MemorySegment.NULL : Native.sized(array, n * ADDRESS.byteSize());
            for (int i = 0; i < n; i++) {
                names.add(LibDevice.open(lib, contexts.getAtIndex(ADDRESS, i)).name());
            }
            Calls.v_P(lib.rdmaFreeDevices, array);
            return List.copyOf(names);
        }
    }
}
