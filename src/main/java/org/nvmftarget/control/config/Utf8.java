package org.nvmftarget.control.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Strict decoding of UTF-8 that tells where the first wrong byte stands. */
final class Utf8 {

    sealed interface Decoded {}

    record Text(String text) implements Decoded {}

    /**
     * @param line of the first wrong byte, from 1
     * @param column from 1, in code points
     * @param sourceLine the line up to that byte; empty if it is too long to be shown
     */
    record Fault(int line, int column, Optional<String> sourceLine, String message, Optional<String> hint)
            implements Decoded {}

    private Utf8() {}

    static Decoded decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        String text = out.flip().toString();
        if (!result.isError()) {
            return new Text(text);
        }
        Source before = new Source(0, new SpecText("", text));
        int line = before.lines();
        return new Fault(
                line,
                before.columnsOf(line),
                before.line(line),
                String.format("byte 0x%02x is not UTF-8", bytes[in.position()]),
                Optional.of(
                        isUtf16(bytes)
                                ? "the file is UTF-16: save it as UTF-8"
                                : "the file is in another encoding, such as Latin-1: save it as UTF-8"));
    }

    private static boolean isUtf16(byte[] bytes) {
        return bytes.length >= 2
                && ((bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe)
                        || (bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff));
    }
}
