package org.nvmftarget.data.ffi.verbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LibrariesTest {

    @Test
    void aMissingLibraryIsNamedWithThePackagesThatBringIt() {
        assertEquals(
                "librdmacm.so.1 cannot be loaded: install the packages librdmacm1, libibverbs1, ibverbs-providers",
                Libraries.missing(true, false));
    }

    @Test
    void withoutAnRdmaDeviceTheChannelFailsWithItsErrno() {
        assumeTrue(Rdma.load() instanceof Rdma.Loaded.Ready, "the RDMA libraries are not installed");
        assumeTrue(!Files.exists(Path.of("/dev/infiniband/rdma_cm")), "this machine has RDMA");
        Rdma rdma = assertInstanceOf(Rdma.Loaded.Ready.class, Rdma.load()).rdma();
        VerbsException e = assertThrows(VerbsException.class, rdma::openEventChannel);
        assertEquals("rdma_create_event_channel", e.operation());
    }
}
