package org.nvmftarget.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads as SPDK's {@code rpc.py} does: chunks of 4,096 bytes, each decoded as UTF-8 by itself, until what has come is a
 * whole JSON value.
 */
record RpcPy(Path socket) {

    JsonNode call(String method) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            String request = "{\"jsonrpc\": \"2.0\", \"method\": \"" + method + "\", \"id\": 1}";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            return read(channel).path("result");
        }
    }

    private static JsonNode read(SocketChannel channel) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer chunk = ByteBuffer.allocate(4096);
        while (channel.read(chunk.clear()) > 0) {
            text.append(decode(chunk.flip()));
            try {
                return Json.parse(text.toString());
            } catch (JacksonException notWholeYet) {
                assert text.length() > 0;
            }
        }
        throw new IOException("Connection closed with partial response: " + text);
    }

    private static String decode(ByteBuffer chunk) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(chunk).toString();
    }
}
