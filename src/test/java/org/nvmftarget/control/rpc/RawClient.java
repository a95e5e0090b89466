package org.nvmftarget.control.rpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** A client that sends bytes as it likes. */
final class RawClient implements AutoCloseable {

    private final SocketChannel channel;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteBuffer received = ByteBuffer.allocate(1 << 16).flip();

    RawClient(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    void endOfInput() throws IOException {
        channel.shutdownOutput();
    }

    /** The next answer without its line feed; the empty text at the end of the connection. */
    String line() throws IOException {
        line.reset();
        while (true) {
            while (received.hasRemaining()) {
                byte next = received.get();
                if (next == '\n') {
                    return line.toString(StandardCharsets.UTF_8);
                }
                line.write(next);
            }
            int read = channel.read(received.clear());
            received.flip();
            if (read < 0) {
                return line.toString(StandardCharsets.UTF_8);
            }
        }
    }

    JsonNode call(String request) throws IOException {
        send(request);
        return Json.parse(line());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
