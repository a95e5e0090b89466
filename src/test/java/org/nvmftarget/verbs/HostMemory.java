package org.nvmftarget.verbs;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A host's registered memory: buffers that a target may read or write by their keys. */
public final class HostMemory {

    private static final long FIRST_ADDRESS = 0xFFFF_8880_0000_0000L;

    /** A buffer of the host. */
    public static final class Buffer {
        private final long address;
        private final int key;
        private final byte[] bytes;
        private final boolean readable;
        private final boolean writable;
        private boolean valid = true;
        private int accesses;

        Buffer(long address, int key, byte[] bytes, boolean readable, boolean writable) {
            this.address = address;
            this.key = key;
            this.bytes = bytes;
            this.readable = readable;
            this.writable = writable;
        }

        public long address() {
            return address;
        }

        public int key() {
            return key;
        }

        public byte[] bytes() {
            return bytes;
        }

        /** Whether the key still opens it. */
        public boolean isValid() {
            return valid;
        }

        /** The host takes the key back. */
        public void invalidate() {
            valid = false;
        }

        /** How often the target read or wrote it. */
        public int accesses() {
            return accesses;
        }
    }

    private final World world;
    private final Map<Integer, Buffer> buffers = new HashMap<>();
    private long nextAddress = FIRST_ADDRESS;
    private boolean mistakesAllowed;

    public HostMemory(World world) {
        this.world = world;
    }

    /** The host will give keys that are wrong: a refused access is no violation. */
    public void allowMistakes() {
        mistakesAllowed = true;
    }

    /** Registers {@code bytes}, which the target may read or write. */
    public Buffer register(byte[] bytes, boolean readable, boolean writable) {
        int key = world.key();
        while (key == 0 || buffers.containsKey(key)) {
            key = world.key();
        }
        nextAddress += world.between(0, 4096);
        Buffer buffer = new Buffer(nextAddress, key, bytes, readable, writable);
        nextAddress += bytes.length + 64L;
        buffers.put(key, buffer);
        return buffer;
    }

    /** The buffer is no more. */
    public void forget(Buffer buffer) {
        buffer.valid = false;
        buffers.remove(buffer.key());
    }

    /** Where {@code length} bytes at {@code address} are, if {@code key} opens them. */
    @Nullable
    Buffer find(long address, long length, int key, boolean write) {
        Buffer buffer = buffers.get(key);
        boolean allowed = buffer != null
                && buffer.valid
                && (write ? buffer.writable : buffer.readable)
                && address >= buffer.address
                && length <= buffer.bytes.length - (address - buffer.address);
        if (!allowed && !mistakesAllowed) {
            throw world.violation("the target " + (write ? "writes " : "reads ") + length + " bytes at "
                    + Long.toHexString(address) + " with key " + Integer.toHexString(key) + ", which "
                    + (buffer == null ? "is none" : buffer.valid ? "does not allow that" : "is invalid"));
        }
        if (allowed && buffer != null) {
            buffer.accesses++;
            return buffer;
        }
        return null;
    }

    /** The target asks to make a key invalid by its message. */
    boolean invalidate(int key) {
        Buffer buffer = buffers.get(key);
        if (buffer == null || !buffer.valid) {
            if (!mistakesAllowed) {
                throw world.violation("the target invalidates key " + Integer.toHexString(key) + ", which is none");
            }
            return false;
        }
        buffer.valid = false;
        return true;
    }
}
