package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Whatever bytes come, in whatever pieces: the server goes on, and keeps no connection of a client that is gone. */
final class RpcFuzzProperties {

    private static final String VERSION = "{\"id\":7,\"method\":\"spdk_get_version\"}";

    private static @Nullable Path folder;
    private static @Nullable RpcServer server;
    private static int descriptors;

    @BeforeContainer
    static void start() throws IOException {
        Path made = Files.createTempDirectory("rpc-fuzz");
        folder = made;
        server = new FakeViews().serve(made.resolve("s"));
        assertAnswers();
        descriptors = Descriptors.open();
    }

    @AfterContainer
    static void stop() throws IOException, InterruptedException {
        Descriptors.awaitAtMost(descriptors);
        if (server != null) {
            server.close();
        }
        if (folder != null) {
            Files.deleteIfExists(folder.resolve("s.lock"));
            Files.deleteIfExists(folder);
        }
    }

    @Property
    void theServerOutlivesAnyBytes(@ForAll("streams") List<byte[]> pieces, @ForAll boolean waitsForTheEnd)
            throws IOException {
        try (RawClient client = new RawClient(socket())) {
            send(client, pieces);
            if (waitsForTheEnd) {
                client.endOfInput();
                while (!client.line().isEmpty()) {
                    // An answer to whatever it was.
                }
            }
        } catch (IOException cutOff) {
            // The server has done with who goes on after a fault.
            String why = String.valueOf(cutOff.getMessage());
            assertTrue(why.contains("Broken pipe") || why.contains("reset"), why);
        }
        assertAnswers();
    }

    @Property
    void whatIsAnsweredIsJson(@ForAll("requests") List<byte[]> pieces) throws IOException {
        try (RawClient client = new RawClient(socket())) {
            send(client, pieces);
            client.endOfInput();
            for (String line = client.line(); !line.isEmpty(); line = client.line()) {
                Json.parse(line);
                assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 0x7f), line);
            }
        }
    }

    private static void send(RawClient client, List<byte[]> pieces) throws IOException {
        for (byte[] piece : pieces) {
            client.send(piece);
        }
    }

    private static void assertAnswers() throws IOException {
        try (RawClient client = new RawClient(socket())) {
            assertTrue(client.call(VERSION).has("result"));
        }
    }

    private static Path socket() {
        if (folder == null) {
            throw new IllegalStateException("not started");
        }
        return folder.resolve("s");
    }

    @Provide
    Arbitrary<List<byte[]>> streams() {
        return Arbitraries.oneOf(noise(), fragments(), mutated()).list().ofMaxSize(12);
    }

    /** Whole values: requests, batches and others, cut anywhere. */
    @Provide
    Arbitrary<List<byte[]>> requests() {
        return Arbitraries.of(
                        VERSION,
                        "[" + VERSION + "," + VERSION + "]",
                        "[]",
                        "{\"method\":\"spdk_get_version\"}",
                        "{\"id\":\"ü🙂\",\"method\":\"größe\"}",
                        "{\"id\":1,\"method\":\"nvmf_get_subsystems\",\"params\":{\"nqn\":\"\\u0000\"}}",
                        "{\"id\":1,\"method\":\"bdev_get_iostat\",\"params\":[[]]}",
                        "{\"id\":{},\"method\":[]}",
                        "null ",
                        "1e5 ",
                        "\"x\"")
                .list()
                .ofMaxSize(20)
                .flatMap(values -> {
                    byte[] all = String.join("", values).getBytes(StandardCharsets.UTF_8);
                    return Arbitraries.integers()
                            .between(0, all.length)
                            .map(cut -> List.of(Arrays.copyOf(all, cut), Arrays.copyOfRange(all, cut, all.length)));
                });
    }

    private static Arbitrary<byte[]> noise() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
    }

    private static Arbitrary<byte[]> fragments() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "\"",
                        "\\",
                        "\\u",
                        "null",
                        "tru",
                        "-",
                        "1e",
                        "0",
                        " ",
                        "\n",
                        "\"id\"",
                        "\"method\"",
                        "\"params\"",
                        "\"spdk_get_version\"",
                        "/*",
                        "\u0000",
                        "ü",
                        "\uFEFF")
                .list()
                .ofMaxSize(60)
                .map(parts -> String.join("", parts).getBytes(StandardCharsets.UTF_8));
    }

    /** A request of which one byte is another. */
    private static Arbitrary<byte[]> mutated() {
        return Arbitraries.integers()
                .between(0, VERSION.length() - 1)
                .flatMap(at -> Arbitraries.bytes().map(b -> {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    bytes.writeBytes(VERSION.getBytes(StandardCharsets.UTF_8));
                    byte[] request = bytes.toByteArray();
                    request[at] = b;
                    return request;
                }));
    }
}
