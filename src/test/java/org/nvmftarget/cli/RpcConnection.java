package org.nvmftarget.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** One connection to a daemon, for requests as they are written. */
final class RpcConnection implements AutoCloseable {

    private final SocketChannel channel;

    RpcConnection(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    JsonNode call(String request) throws IOException {
        return Json.parse(answer(request));
    }

    /** The answer's line. */
    String answer(String request) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
        while (out.hasRemaining()) {
            channel.write(out);
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(1 << 16);
        do {
            if (channel.read(in.clear()) < 0) {
                throw new IOException("the connection ended in: " + line.toString(StandardCharsets.UTF_8));
            }
            line.write(in.array(), 0, in.position());
        } while (in.get(in.position() - 1) != '\n');
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
