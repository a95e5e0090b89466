package org.nvmftarget.data.bdev;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.reactor.DataMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which slot of a ring's registered buffers some memory is in. The kernel has pinned such memory, so that it need not
 * look up and hold its pages for each operation. Where it will not (its limit of locked memory), operations go without.
 */
final class RegisteredMemory implements DataMemory.Follower {

    /** No slot. */
    static final int NONE = Ring.UNREGISTERED;

    private static final Logger LOG = LoggerFactory.getLogger(RegisteredMemory.class);

    /** The kernel takes no larger buffer. */
    static final long MOST_BYTES = 1L << 30;

    private final Ring ring;
    private final long pieceBytes;
    private final BitSet used = new BitSet();
    private final long[] begins;
    private final long[] ends;
    /** In order of address, as the two before. */
    private final int[] slots;

    private int count;
    private int last;
    private boolean refused;

    /** @param pieceBytes of what is in one slot, at most {@link #MOST_BYTES}: memory over two is in none */
    RegisteredMemory(Ring ring, long pieceBytes) {
        this.ring = ring;
        this.pieceBytes = pieceBytes;
        begins = new long[ring.bufferSlots()];
        ends = new long[ring.bufferSlots()];
        slots = new int[ring.bufferSlots()];
    }

    /** The slot that all of the memory is in, or {@link #NONE}. */
    int slotOf(long address, long lengthBytes) {
        if (count == 0) {
            return NONE;
        }
        if (!holds(last, address, lengthBytes)) {
            int at = lastAtOrBefore(address);
            if (at < 0 || !holds(at, address, lengthBytes)) {
                return NONE;
            }
            last = at;
        }
        return slots[last];
    }

    private boolean holds(int at, long address, long lengthBytes) {
        return begins[at] <= address && address + lengthBytes <= ends[at];
    }

    private int lastAtOrBefore(long address) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (begins[middle] <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    @Override
    public void added(MemorySegment piece) {
        for (long done = 0; done < piece.byteSize(); done += pieceBytes) {
            register(piece.address() + done, Math.min(pieceBytes, piece.byteSize() - done));
        }
    }

    private void register(long address, long lengthBytes) {
        int slot = used.nextClearBit(0);
        if (slot >= slots.length) {
            return;
        }
        int result = ring.registerBuffer(slot, address, lengthBytes);
        if (result < 0) {
            if (!refused) {
                refused = true;
                LOG.info(
                        "memory for data is not registered with io_uring, which costs some time for each operation: {}",
                        Errno.message(result));
            }
            return;
        }
        used.set(slot);
        int at = lastAtOrBefore(address) + 1;
        System.arraycopy(begins, at, begins, at + 1, count - at);
        System.arraycopy(ends, at, ends, at + 1, count - at);
        System.arraycopy(slots, at, slots, at + 1, count - at);
        begins[at] = address;
        ends[at] = address + lengthBytes;
        slots[at] = slot;
        count++;
        last = 0;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Empties every slot. */
    void clear() {
        while (count > 0) {
            count--;
            ring.registerBuffer(slots[count], 0, 0);
        }
        used.clear();
        last = 0;
    }

    @Override
    public void removed(MemorySegment piece) {
        for (int at = lastAtOrBefore(piece.address() + piece.byteSize() - 1);
                at >= 0 && begins[at] >= piece.address();
                at--) {
            ring.registerBuffer(slots[at], 0, 0);
            used.clear(slots[at]);
            System.arraycopy(begins, at + 1, begins, at, count - at - 1);
            System.arraycopy(ends, at + 1, ends, at, count - at - 1);
            System.arraycopy(slots, at + 1, slots, at, count - at - 1);
            count--;
        }
        last = 0;
    }
}
