package org.nvmftarget.data.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keys of bytes {@code (seed + 7 i) mod 256}, and what they are transformed to: computed once by Python's base64, zlib
 * and hmac modules.
 */
class DhchapKeyTest {
    private static final String HOST = "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555";
    private static final String GOOD = "DHHC-1:00:AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09pl1OOC:";

    private static DhchapKey parse(String text) {
        return DhchapKey.parse(text.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource({
        GOOD + ", 01080f161d242b323940474e555c636a71787f868d949ba2a9b0b7bec5ccd3da",
        "DHHC-1:01:AgkQFx4lLDM6QUhPVl1ka3J5gIeOlZyjqrG4v8bN1Nuz7TWq:,"
                + "a732e3d640525ca700f3eac1652df0322957be0d71f5c1b3faf79507855ff19c",
        "DHHC-1:02:AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dzj6vH4/wYNFBsiKTA3PkVMRdxyRQ==:,"
                + "3d9797847c4faed4552a8cae1ef511550e1975c357fbc5be398cd1bd6a8c7ac435b179b4bd1c8281dca30de5c070069d",
        "DHHC-1:03:BAsSGSAnLjU8Q0pRWF9mbXR7gomQl56lrLO6wcjP1t3k6/L5AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vVR3QN4=:,"
                + "fdc35d5e6066da26819d0ea1234dd05ab7bf2023ed42c6eb3e116f2d842256d45a514ac3ec17133248cc1dc41c407405"
                + "bf9d74e2dfd495c2fe409960dd1cc4ed",
    })
    void areTransformedByTheNqnOfTheirOwner(String text, String transformed) {
        assertEquals(transformed, HexFormat.of().formatHex(parse(text + "\n").transformed(HOST)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "DHHC-1:00:AQgP",
                "DHHC-1:04:AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09pl1OOC:",
                "DHHC-2:00:AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09pl1OOC:",
                "DHHC-1:00:AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09pl1OOC",
                "DHHC-1:00:AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09pl1OOD:",
                "DHHC-1:00:BQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09pl1OOC:",
                "DHHC-1:00:AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09pl1OO=:",
                "DHHC-1:00:AQgPFh0kKzI5:",
                "DHHC-1:00:AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09pl1OOC: x",
                "DHHC-1:00:AQgPFh0kKzI5QEdO VVxjanF4f4aNlJuiqbC3vsXM09pl1OOC:",
            })
    void ofAnyOtherFormAreRefusedWithoutATraceOfThem(String text) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> parse(text)).getMessage());
        assertFalse(message.contains("QgPFh0"), message);
    }

    @Test
    void areTheSameByTheirBytesAndTheirTransform() {
        assertTrue(parse(GOOD).isSame(parse(GOOD + "\n")));
        assertFalse(parse(GOOD).isSame(parse(GOOD.replace("DHHC-1:00", "DHHC-1:01"))));
    }

    @Test
    void sayNothingOfThemselves() {
        assertEquals("a key", parse(GOOD).toString());
    }
}
