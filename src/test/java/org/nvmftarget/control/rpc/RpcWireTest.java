package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.control.admit.Preview;

/** The wire format: what SPDK's server does with requests, good and bad. */
@Timeout(60)
final class RpcWireTest {

    private static final String VERSION_RESULT = "{\"version\":\"SPDK v26.09-pre (nvmf-target"
            + " 9.9)\",\"fields\":{\"major\":26,\"minor\":9,\"patch\":0,\"suffix\":\"-pre\"}}";
    private static final String INVALID_REQUEST =
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"Invalid request\"}}";
    private static final String PARSE_ERROR =
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}";

    @TempDir
    private Path folder;

    private Path socket;
    private RpcServer server;
    private final FakeViews fake = new FakeViews();

    @BeforeEach
    void start() throws IOException {
        socket = folder.resolve("rpc.sock");
        server = fake.serve(socket);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anAnswerIsOneLineWithTheIdOfItsRequest() throws IOException {
        assertAnswers("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"spdk_get_version\"}", versionAnswer("1"));
    }

    @Test
    void idsComeBackAsTheyWere() throws IOException {
        for (String id : List.of("\"a\"", "0", "-7", "18446744073709551616", "1.50", "\"\\u00fc\"")) {
            assertAnswers(
                    "{\"id\":" + id + ",\"method\":\"spdk_get_version\"}", versionAnswer(id.replace("00fc", "00FC")));
        }
    }

    @Test
    void aRequestMayComeInTwoPiecesCutAnywhere() throws IOException {
        byte[] request =
                "{\"id\":\"größe\",\"method\":\"spdk_get_version\",\"params\":null}".getBytes(StandardCharsets.UTF_8);
        try (RawClient client = new RawClient(socket)) {
            for (int cut = 1; cut < request.length; cut++) {
                client.send(Arrays.copyOf(request, cut));
                client.send(Arrays.copyOfRange(request, cut, request.length));
                assertEquals(versionAnswer("\"gr\\u00F6\\u00DFe\""), client.line(), "cut at " + cut);
            }
        }
    }

    @Test
    void aRequestMayComeByteByByte() throws Exception {
        byte[] request = "{\"id\":[],\"method\":\"x\"}{\"id\":2,\"method\":\"spdk_get_version\"}"
                .getBytes(StandardCharsets.UTF_8);
        List<ValueReader.Value> complete = new ArrayList<>();
        try (ValueReader reader = new ValueReader()) {
            for (byte b : request) {
                reader.feed(new byte[] {b}, 1, complete);
            }
        }
        assertEquals(
                List.of("{\"id\":[],\"method\":\"x\"}", "{\"id\":2,\"method\":\"spdk_get_version\"}"),
                complete.stream().map(value -> value.node().toString()).toList());
    }

    @Test
    void requestsMayFollowEachOtherWithoutAnythingBetween() throws IOException {
        try (RawClient client = new RawClient(socket)) {
            client.send("{\"id\":1,\"method\":\"spdk_get_version\"}{\"id\":2,\"method\":\"spdk_get_version\"}\n"
                    + " {\"id\":3,\"method\":\"spdk_get_version\"}");
            assertEquals(versionAnswer("1"), client.line());
            assertEquals(versionAnswer("2"), client.line());
            assertEquals(versionAnswer("3"), client.line());
        }
    }

    @Test
    void aNotificationThatSucceedsIsNotAnswered() throws IOException {
        assertAnswers(
                "{\"method\":\"spdk_get_version\"}{\"id\":null,\"method\":\"spdk_get_version\"}"
                        + "{\"id\":3,\"method\":\"spdk_get_version\"}",
                versionAnswer("3"));
    }

    @Test
    void aNotificationThatFailsIsAnsweredWithTheNullId() throws IOException {
        assertAnswers(
                "{\"method\":\"nonsense\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}");
    }

    @Test
    void aBatchIsAnsweredByOneArray() throws IOException {
        assertAnswers(
                "[{\"id\":1,\"method\":\"spdk_get_version\"},{\"method\":\"spdk_get_version\"},7]",
                "[" + versionAnswer("1") + "," + INVALID_REQUEST + "]");
    }

    @Test
    void anEmptyBatchIsNoRequest() throws IOException {
        assertAnswers("[]", INVALID_REQUEST);
    }

    @Test
    void aBatchOfNotificationsIsNotAnswered() throws IOException {
        assertAnswers(
                "[{\"method\":\"spdk_get_version\"}]{\"id\":1,\"method\":\"spdk_get_version\"}", versionAnswer("1"));
    }

    @Test
    void whatIsNoRequestIsAnsweredWithTheNullId() throws IOException {
        for (String wrong : List.of(
                "{\"id\":1}",
                "{\"id\":1,\"jsonrpc\":\"1.0\",\"method\":\"spdk_get_version\"}",
                "{\"id\":{},\"method\":\"spdk_get_version\"}",
                "{\"id\":1,\"method\":7}",
                "{\"id\":1,\"method\":\"spdk_get_version\",\"other\":1}",
                "{\"id\":1,\"id\":2,\"method\":\"spdk_get_version\"}",
                "\"text\"",
                "true ",
                "17 ")) {
            assertAnswers(wrong, INVALID_REQUEST);
        }
    }

    @Test
    void parametersThatAreAScalarAreNoRequest() throws IOException {
        assertAnswers(
                "{\"id\":5,\"method\":\"spdk_get_version\",\"params\":3}",
                "{\"jsonrpc\":\"2.0\",\"id\":5,\"error\":{\"code\":-32600,\"message\":\"Invalid request\"}}");
    }

    @Test
    void whatIsNoJsonEndsTheConnectionAfterAnAnswer() throws IOException {
        for (String wrong : List.of("{\"id\":1,}", "{\"id\":1 /* */}", "nonsense ", "[1,,", "{'a':1}", "}")) {
            try (RawClient client = new RawClient(socket)) {
                client.send("{\"id\":1,\"method\":\"spdk_get_version\"}" + wrong);
                assertEquals(versionAnswer("1"), client.line(), wrong);
                assertEquals(PARSE_ERROR, client.line(), wrong);
                assertEquals("", client.line(), wrong);
            }
        }
    }

    @Test
    void invalidUtf8IsNoJson() throws IOException {
        try (RawClient client = new RawClient(socket)) {
            client.send(new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'});
            assertEquals(PARSE_ERROR, client.line());
        }
    }

    @Test
    void valuesNestedWithoutEndAreNoJson() throws IOException {
        try (RawClient client = new RawClient(socket)) {
            client.send("[".repeat(65));
            assertEquals(PARSE_ERROR, client.line());
        }
    }

    @Test
    void aRequestThatIsTooLongIsAnsweredAndTheConnectionEnds() throws IOException {
        try (RawClient client = new RawClient(socket)) {
            client.send("{\"id\":1,\"method\":\"x\",\"params\":[");
            for (int i = 0; i < 17; i++) {
                client.send("\"" + "x".repeat(1 << 20) + "\",");
            }
            assertTrue(client.line().contains("Invalid request: longer than 16777216 bytes"));
            assertEquals("", client.line());
        }
    }

    @Test
    void aRequestOfAMegabyteIsAnswered() throws IOException {
        String text = "y".repeat(1 << 20);
        assertTrue(ask("{\"id\":1,\"method\":\"nvmf_target_get_plan\",\"params\":{\"yaml\":\"" + text + "\"}}")
                .contains("sha256:00"));
        assertEquals(text, fake.previewed.get("yaml"));
    }

    @Test
    void answersStillComeAfterTheClientHasClosedItsSide() throws IOException {
        try (RawClient client = new RawClient(socket)) {
            client.send("{\"id\":1,\"method\":\"spdk_get_version\"}{\"id\":2,\"method\":\"spdk_get_version\"}");
            client.endOfInput();
            assertEquals(versionAnswer("1"), client.line());
            assertEquals(versionAnswer("2"), client.line());
            assertEquals("", client.line());
        }
    }

    @Test
    void aRequestThatIsCutOffIsNoJson() throws IOException {
        try (RawClient client = new RawClient(socket)) {
            client.send("{\"id\":1,");
            client.endOfInput();
            assertEquals(PARSE_ERROR, client.line());
        }
    }

    @Test
    void aHundredClientsThatReadNothingHoldUpNobody() throws IOException {
        List<RawClient> idle = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            RawClient client = new RawClient(socket);
            idle.add(client);
            client.send("{\"id\":1,\"method\":");
        }
        assertAnswers("{\"id\":1,\"method\":\"spdk_get_version\"}", versionAnswer("1"));
        for (RawClient client : idle) {
            client.close();
        }
    }

    @Test
    void answersAreAsciiAlone() throws IOException {
        fake.answer = new Preview.Result.Invalid(List.of(FakeViews.problem()));
        String answer =
                ask("{\"id\":\"\uD83D\uDE00\",\"method\":\"nvmf_target_get_plan\",\"params\":{\"yaml\":\"x\"}}");
        assertTrue(answer.contains("\"id\":\"\\uD83D\\uDE00\""), answer);
        assertTrue(answer.contains("no gr\\u00F6\\u00DFe"), answer);
        assertTrue(answer.chars().allMatch(c -> c >= 0x20 && c < 0x7f), answer);
    }

    private void assertAnswers(String request, String answer) throws IOException {
        assertEquals(answer, ask(request), request);
    }

    private String ask(String request) throws IOException {
        try (RawClient client = new RawClient(socket)) {
            client.send(request);
            return client.line();
        }
    }

    private static String versionAnswer(String id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + VERSION_RESULT + "}";
    }
}
