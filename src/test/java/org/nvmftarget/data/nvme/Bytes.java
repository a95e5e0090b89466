package org.nvmftarget.data.nvme;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;

/** Memory as tests of wire formats look at it. */
final class Bytes {
    private Bytes() {}

    /** Memory that nobody has zeroed. */
    static MemorySegment dirty(int bytes) {
        byte[] array = new byte[bytes];
        Arrays.fill(array, (byte) 0xEE);
        return MemorySegment.ofArray(array);
    }

    static MemorySegment of(String hex) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    static String hex(MemorySegment s, long at, long length) {
        return HexFormat.of().formatHex(s.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
    }

    /** Nothing but zeroes in {@code [from, to)}. */
    static void zeroes(MemorySegment s, long from, long to) {
        assertTrue(hex(s, from, to - from).chars().allMatch(c -> c == '0'), "bytes " + from + " to " + to);
    }
}
