package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Little-endian, unaligned access to what is on the wire; offsets in bytes. */
public final class Wire {
    private Wire() {}

    public static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    public static final ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfLong BE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    public static int u8(MemorySegment s, long offset) {
        return s.get(U8, offset) & 0xFF;
    }

    public static int u16(MemorySegment s, long offset) {
        return s.get(LE16, offset) & 0xFFFF;
    }

    /** An unsigned 32-bit number in an int: compare it by {@code Integer.compareUnsigned}. */
    public static int u32(MemorySegment s, long offset) {
        return s.get(LE32, offset);
    }

    public static long u64(MemorySegment s, long offset) {
        return s.get(LE64, offset);
    }

    public static void putU8(MemorySegment s, long offset, int value) {
        s.set(U8, offset, (byte) value);
    }

    public static void putU16(MemorySegment s, long offset, int value) {
        s.set(LE16, offset, (short) value);
    }

    public static void putU32(MemorySegment s, long offset, int value) {
        s.set(LE32, offset, value);
    }

    public static void putU64(MemorySegment s, long offset, long value) {
        s.set(LE64, offset, value);
    }

    /** 128 bits as identifiers have them: most significant byte first. */
    public static void putBigEndian128(MemorySegment s, long offset, long high, long low) {
        s.set(BE64, offset, high);
        s.set(BE64, offset + 8, low);
    }

    /** 64 bits as identifiers have them: most significant byte first. */
    public static void putBigEndian64(MemorySegment s, long offset, long value) {
        s.set(BE64, offset, value);
    }

    /** The reverse of {@link #putBigEndian64}. */
    public static long bigEndian64(MemorySegment s, long offset) {
        return s.get(BE64, offset);
    }

    /** An ASCII field: cut at {@code lengthBytes}, filled up with {@code pad}. */
    public static void putText(MemorySegment s, long offset, int lengthBytes, String text, char pad) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int n = Math.min(bytes.length, lengthBytes);
        MemorySegment.copy(bytes, 0, s, ValueLayout.JAVA_BYTE, offset, n);
        s.asSlice(offset + n, lengthBytes - n).fill((byte) pad);
    }

    /** The text of a field that ends at a NUL or fills {@code lengthBytes}. */
    public static String text(MemorySegment s, long offset, int lengthBytes) {
        byte[] bytes = s.asSlice(offset, lengthBytes).toArray(ValueLayout.JAVA_BYTE);
        int n = 0;
        while (n < bytes.length && bytes[n] != 0) {
            n++;
        }
        return new String(bytes, 0, n, StandardCharsets.UTF_8);
    }
}
