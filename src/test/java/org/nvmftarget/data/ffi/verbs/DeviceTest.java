package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class DeviceTest {

    private static final int COMM_EST = 4;
    private static final int PORT_ERR = 10;
    private static final int SRQ_LIMIT_REACHED = 15;
    private static final int LAST_WQE_REACHED = 16;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment raw = arena.allocate(VerbsLayouts.ASYNC_EVENT);

    @Test
    void anEventOfAQueuePairTellsItsNumber() {
        MemorySegment qp = arena.allocate(VerbsLayouts.QP);
        qp.set(JAVA_INT, VerbsLayouts.QP_QP_NUM_OFFSET, 0xFFFFFF);
        raw.set(ADDRESS, VerbsLayouts.ASYNC_EVENT_ELEMENT_OFFSET, qp);
        assertEquals(new AsyncEvent(AsyncEvent.Type.QP_LAST_WQE_REACHED, 0xFFFFFF), decode(LAST_WQE_REACHED));
        assertEquals(AsyncEvent.Type.COMM_EST, decode(COMM_EST).type());
    }

    @Test
    void anEventOfACompletionOrReceiveQueueTellsItsId() {
        raw.set(JAVA_LONG, VerbsLayouts.ASYNC_EVENT_ELEMENT_OFFSET, 0x7F00_0000_1000L);
        assertEquals(new AsyncEvent(AsyncEvent.Type.CQ_ERR, 0x7F00_0000_1000L), decode(0));
        assertEquals(new AsyncEvent(AsyncEvent.Type.SRQ_LIMIT_REACHED, 0x7F00_0000_1000L), decode(SRQ_LIMIT_REACHED));
    }

    @Test
    void anEventOfAPortTellsItsNumberAndOneOfTheDeviceNothing() {
        // The union's other half is whatever was there.
        raw.set(JAVA_LONG, VerbsLayouts.ASYNC_EVENT_ELEMENT_OFFSET, 0x7777_0000_0002L);
        assertEquals(new AsyncEvent(AsyncEvent.Type.PORT_ERR, 2), decode(PORT_ERR));
        assertEquals(new AsyncEvent(AsyncEvent.Type.DEVICE_FATAL, 0), decode(8));
        assertEquals(new AsyncEvent(AsyncEvent.Type.UNKNOWN, 0), decode(20));
        assertEquals(new AsyncEvent(AsyncEvent.Type.UNKNOWN, 0), decode(-1));
    }

    private AsyncEvent decode(int type) {
        raw.set(JAVA_INT, VerbsLayouts.ASYNC_EVENT_TYPE_OFFSET, type);
        return LibDevice.decode(raw);
    }

    @Test
    void limitsAreReadFromTheirPlaces() {
        MemorySegment attr = arena.allocate(VerbsLayouts.DEVICE_ATTR);
        attr.set(JAVA_INT, VerbsLayouts.VENDOR_ID_OFFSET, 0x2C9);
        attr.set(JAVA_LONG, VerbsLayouts.MAX_MR_SIZE_OFFSET, 1L << 40);
        attr.set(JAVA_INT, VerbsLayouts.MAX_QP_OFFSET, 1);
        attr.set(JAVA_INT, VerbsLayouts.MAX_QP_WR_OFFSET, 2);
        attr.set(JAVA_INT, VerbsLayouts.MAX_SGE_OFFSET, 3);
        attr.set(JAVA_INT, VerbsLayouts.MAX_SGE_RD_OFFSET, 4);
        attr.set(JAVA_INT, VerbsLayouts.MAX_CQ_OFFSET, 5);
        attr.set(JAVA_INT, VerbsLayouts.MAX_CQE_OFFSET, 6);
        attr.set(JAVA_INT, VerbsLayouts.MAX_MR_OFFSET, 7);
        attr.set(JAVA_INT, VerbsLayouts.MAX_PD_OFFSET, 8);
        attr.set(JAVA_INT, VerbsLayouts.MAX_QP_RD_ATOM_OFFSET, 9);
        attr.set(JAVA_INT, VerbsLayouts.MAX_QP_INIT_RD_ATOM_OFFSET, 10);
        attr.set(JAVA_INT, VerbsLayouts.MAX_SRQ_OFFSET, 11);
        attr.set(JAVA_INT, VerbsLayouts.MAX_SRQ_WR_OFFSET, 12);
        attr.set(JAVA_INT, VerbsLayouts.MAX_SRQ_SGE_OFFSET, 13);
        attr.set(JAVA_INT, VerbsLayouts.DEVICE_CAP_FLAGS_OFFSET, 1 << 21);
        DeviceLimits limits = LibDevice.limits(attr);
        assertEquals(new DeviceLimits(0x2C9, 1L << 40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, true), limits);
        assertEquals(3, limits.readSge());
        assertFalse(limits.isSoftRoce());
        attr.set(JAVA_INT, VerbsLayouts.VENDOR_ID_OFFSET, 0xFFFFFF);
        attr.set(JAVA_INT, VerbsLayouts.MAX_SGE_RD_OFFSET, 1);
        assertEquals(1, LibDevice.limits(attr).readSge());
        assertTrue(LibDevice.limits(attr).isSoftRoce());
    }
}
