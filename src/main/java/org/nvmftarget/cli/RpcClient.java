package org.nvmftarget.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls the daemon; one connection per call. */
final class RpcClient {

    private static final int CHUNK_BYTES = 64 << 10;

    private final Path socket;

    RpcClient(Path socket) {
        this.socket = socket;
    }

    /** The daemon answered with an error. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient JsonNode error;

        Refused(JsonNode error) {
            super(error.path("message").asString("an error without a message"));
            this.error = error;
        }

        JsonNode data() {
            return error.path("data");
        }
    }

    /** The result of a call that has no reason to fail. */
    JsonNode call(String method) {
        try {
            return call(method, Json.object());
        } catch (Refused e) {
            throw new CommandFailure("the daemon at " + socket + " refuses " + method + ": " + e.getMessage());
        }
    }

    /**
     * The call's result.
     *
     * @throws CommandFailure with {@link ExitCode#NO_DAEMON} if none is there
     */
    JsonNode call(String method, ObjectNode params) throws Refused {
        ObjectNode request = Json.object().put("jsonrpc", "2.0").put("id", 1).put("method", method);
        request.set("params", params);
        JsonNode answer = exchange(request.toString());
        if (answer.has("error")) {
            throw new Refused(answer.path("error"));
        }
        return answer.path("result");
    }

    private JsonNode exchange(String request) {
        try (SocketChannel channel = connect()) {
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            return Json.parse(line(channel));
        } catch (IOException | JacksonException e) {
            throw new CommandFailure("the daemon at " + socket + " broke off: " + e.getMessage());
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            if (Files.exists(socket) && !Files.isWritable(socket)) {
                throw new CommandFailure("you may not use " + socket + ": its owner can allow a group by `rpc:`");
            }
            throw new CommandFailure(
                    ExitCode.NO_DAEMON,
                    "no daemon answers at " + socket + ": start one by `nvmf-target run FILE`, or say where it is by"
                            + " --rpc-socket");
        }
    }

    private static String line(SocketChannel channel) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        while (channel.read(chunk.clear()) >= 0) {
            line.write(chunk.array(), 0, chunk.position());
            if (chunk.position() > 0 && chunk.get(chunk.position() - 1) == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
        }
        throw new IOException("it closed the connection");
    }
}
