package org.nvmftarget.verbs.host;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.nvmftarget.verbs.HostMemory;

/** A command from its making to its answer: what goes over the wire, and what must come back. */
public final class HostCommand {

    /** How a command says where its data are. */
    public enum Sgl {
        /** One keyed descriptor. */
        KEYED,
        /** One keyed descriptor, whose key the response makes invalid. */
        KEYED_INVALIDATE,
        /** The data are in the capsule. */
        IN_CAPSULE,
        /** Keyed descriptors in the capsule. */
        LIST,
        /** Keyed descriptors in the capsule; the response makes one key invalid. */
        LIST_INVALIDATE;

        boolean invalidates() {
            return this == KEYED_INVALIDATE || this == LIST_INVALIDATE;
        }

        boolean isList() {
            return this == LIST || this == LIST_INVALIDATE;
        }
    }

    /** Hears how the command ended, once. */
    public interface Ending {
        /** @param status status code type and status code as {@code sct << 8 | sc} */
        void answered(int status, long result, byte[] data);

        /**
         * The queue ended first.
         *
         * @param isGone whether the target has done with the queue, so that the command is not executed any more
         */
        void torn(BooleanSupplier isGone);
    }

    static final int SGL1 = 24;
    private static final int DESCRIPTOR = 16;
    private static final int KEYED_TYPE = 0x40;
    private static final int KEYED_INVALIDATE_TYPE = 0x4F;
    private static final int IN_CAPSULE_TYPE = 0x01;
    private static final int LAST_SEGMENT_IN_CAPSULE_TYPE = 0x31;

    final ByteBuffer sqe;
    final Ending ending;
    final List<HostMemory.Buffer> buffers = new ArrayList<>();
    byte[] inCapsule = new byte[0];
    boolean toController;
    boolean invalidates;
    boolean hasData;

    /** Something is wrong with it: nothing is expected of its data. */
    boolean isMistaken;

    /** It may stay unanswered as long as the queue stands. */
    boolean mayWait;

    long submittedNs;

    public HostCommand(ByteBuffer sqe, Ending ending) {
        this.sqe = sqe;
        this.ending = ending;
    }

    public HostCommand mistaken() {
        isMistaken = true;
        return this;
    }

    public HostCommand patient() {
        mayWait = true;
        return this;
    }

    /** Data for the controller. */
    public HostCommand sends(HostMemory memory, byte[] data, Sgl sgl, int pieces) {
        toController = true;
        if (sgl == Sgl.IN_CAPSULE) {
            inCapsule = data;
            plain(SGL1, IN_CAPSULE_TYPE, 0, data.length);
            return this;
        }
        return describe(memory, data, sgl, pieces);
    }

    /** Room for {@code length} bytes from the controller. */
    public HostCommand receives(HostMemory memory, int length, Sgl sgl, int pieces) {
        return describe(memory, new byte[length], sgl, pieces);
    }

    private HostCommand describe(HostMemory memory, byte[] data, Sgl sgl, int pieces) {
        hasData = data.length > 0;
        invalidates = sgl.invalidates() && hasData;
        int n = sgl.isList() ? Math.max(1, Math.min(pieces, data.length / Disk.BLOCK)) : 1;
        int at = 0;
        for (int i = 0; i < n; i++) {
            int length = i == n - 1 ? data.length - at : data.length / n / DESCRIPTOR * DESCRIPTOR;
            byte[] piece = new byte[length];
            System.arraycopy(data, at, piece, 0, length);
            buffers.add(memory.register(piece, toController, !toController));
            at += length;
        }
        int type = sgl.invalidates() ? KEYED_INVALIDATE_TYPE : KEYED_TYPE;
        if (sgl.isList()) {
            list(n, type);
        } else {
            keyed(sqe, SGL1, type, buffers.getFirst());
        }
        return this;
    }

    private void list(int n, int type) {
        inCapsule = new byte[n * DESCRIPTOR];
        ByteBuffer list = ByteBuffer.wrap(inCapsule).order(sqe.order());
        for (int i = 0; i < n; i++) {
            keyed(list, i * DESCRIPTOR, type, buffers.get(i));
        }
        plain(SGL1, LAST_SEGMENT_IN_CAPSULE_TYPE, 0, inCapsule.length);
    }

    private void plain(int at, int type, long address, int length) {
        sqe.putLong(at, address).putInt(at + 8, length).putInt(at + 12, type << 24);
    }

    /** Bytes 0 to 7 address, 8 to 10 length, 11 to 14 key, 15 type. */
    private static void keyed(ByteBuffer to, int at, int type, HostMemory.Buffer buffer) {
        keyed(to, at, type, buffer.address(), buffer.bytes().length, buffer.key());
    }

    static void keyed(ByteBuffer to, int at, int type, long address, int length, int key) {
        to.putLong(at, address).putInt(at + 8, length);
        to.putInt(at + 11, key);
        to.put(at + 15, (byte) type);
    }

    /** Lies of the length of its only buffer. */
    public HostCommand claim(int length) {
        HostMemory.Buffer buffer = buffers.getFirst();
        keyed(sqe, SGL1, KEYED_TYPE, buffer.address(), length, buffer.key());
        return mistaken();
    }

    /** Gives a key that is none. */
    public HostCommand withKey(int key) {
        HostMemory.Buffer buffer = buffers.getFirst();
        keyed(sqe, SGL1, KEYED_TYPE, buffer.address(), buffer.bytes().length, key);
        return mistaken();
    }

    /** Has a descriptor of a type that nobody knows. */
    public HostCommand ofUnknownType() {
        sqe.put(SGL1 + 15, (byte) 0x77);
        return mistaken();
    }

    /** The data begin beyond the capsule. */
    public HostCommand beyondTheCapsule() {
        plain(SGL1, IN_CAPSULE_TYPE, inCapsule.length + 16L, inCapsule.length);
        return mistaken();
    }

    byte[] capsule(int cid) {
        sqe.put(1, (byte) 0x40).putShort(2, (short) cid);
        byte[] bytes = new byte[64 + inCapsule.length];
        sqe.get(0, bytes, 0, 64);
        System.arraycopy(inCapsule, 0, bytes, 64, inCapsule.length);
        return bytes;
    }

    boolean ownsKey(int key) {
        return buffers.stream().anyMatch(buffer -> buffer.key() == key);
    }

    /** All that came. */
    byte[] data() {
        int length = buffers.stream().mapToInt(b -> b.bytes().length).sum();
        byte[] all = new byte[length];
        int at = 0;
        for (HostMemory.Buffer buffer : buffers) {
            System.arraycopy(buffer.bytes(), 0, all, at, buffer.bytes().length);
            at += buffer.bytes().length;
        }
        return all;
    }
}
