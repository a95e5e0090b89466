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
    private final ByteArrayOutputStream unread = new ByteArrayOutputStream();

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
        ByteBuffer one = ByteBuffer.allocate(1);
        unread.reset();
        while (channel.read(one.clear()) > 0 && one.get(0) != '\n') {
            unread.write(one.get(0));
        }
        return unread.toString(StandardCharsets.UTF_8);
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
