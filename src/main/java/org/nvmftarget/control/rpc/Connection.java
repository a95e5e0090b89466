package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** One client: reads values, answers them in order. It may send many before it reads an answer. */
final class Connection implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int CHUNK_BYTES = 64 << 10;

    /** What is read and thrown away after a fault, so that the client can finish writing and find the answer. */
    private static final long MAX_DISCARD_BYTES = 64L << 20;

    private final SocketChannel channel;
    private final Dispatcher dispatcher;

    Connection(SocketChannel channel, Dispatcher dispatcher) {
        this.channel = channel;
        this.dispatcher = dispatcher;
    }

    @Override
    public void run() {
        try (channel;
                ValueReader reader = new ValueReader()) {
            serve(reader);
        } catch (IOException gone) {
            LOG.debug("an RPC client is gone: {}", gone.getMessage());
        }
    }

    private void serve(ValueReader reader) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        List<ValueReader.Value> complete = new ArrayList<>();
        try {
            while (channel.read(chunk.clear()) >= 0) {
                try {
                    reader.feed(chunk.array(), chunk.position(), complete);
                } finally {
                    answer(complete);
                    complete.clear();
                }
            }
            answer(reader.end());
        } catch (ValueReader.Malformed e) {
            write(Dispatcher.error(null, new RpcError(RpcError.PARSE_ERROR, "Parse error")));
            discard(chunk);
        } catch (ValueReader.TooLong e) {
            write(Dispatcher.error(
                    null,
                    new RpcError(
                            RpcError.INVALID_REQUEST,
                            "Invalid request: longer than " + ValueReader.MAX_REQUEST_BYTES + " bytes")));
            discard(chunk);
        }
    }

    private void answer(List<ValueReader.Value> values) throws IOException {
        for (ValueReader.Value value : values) {
            JsonNode answer = dispatcher.answer(value).orElse(null);
            if (answer != null) {
                write(answer);
            }
        }
    }

    private void write(JsonNode answer) throws IOException {
        byte[] bytes = Json.bytes(answer);
        ByteBuffer line = ByteBuffer.allocate(bytes.length + 1)
                .put(bytes)
                .put((byte) '\n')
                .flip();
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }

    private void discard(ByteBuffer chunk) throws IOException {
        channel.shutdownOutput();
        long discarded = 0;
        int read = channel.read(chunk.clear());
        while (read >= 0 && discarded < MAX_DISCARD_BYTES) {
            discarded += read;
            read = channel.read(chunk.clear());
        }
    }
}
