package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.JacksonIOException;

/** One client: reads values, answers them in order. It may send many before it reads an answer. */
final class Connection implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int CHUNK_BYTES = 64 << 10;

    /** What is read and thrown away after a fault, so that the client can finish writing and find the answer. */
    private static final long MAX_DISCARD_BYTES = 64L << 20;

    private final SocketChannel channel;
    private final ChannelOutput out;
    private final Dispatcher dispatcher;

    Connection(SocketChannel channel, Dispatcher dispatcher) {
        this.channel = channel;
        out = new ChannelOutput(channel, CHUNK_BYTES);
        this.dispatcher = dispatcher;
    }

    @Override
    public void run() {
        try (channel;
                ValueReader reader = new ValueReader()) {
            serve(reader);
        } catch (IOException gone) {
            LOG.debug("an RPC client is gone: {}", gone.getMessage());
        } catch (RuntimeException bug) {
            LOG.error("an RPC client is cut off", bug);
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
            fail(new RpcError(RpcError.PARSE_ERROR, "Parse error"));
            discard(chunk);
        } catch (ValueReader.TooLong e) {
            fail(new RpcError(
                    RpcError.INVALID_REQUEST,
                    "Invalid request: longer than " + ValueReader.MAX_REQUEST_BYTES + " bytes"));
            discard(chunk);
        }
    }

    private void answer(List<ValueReader.Value> values) throws IOException {
        for (ValueReader.Value value : values) {
            Answer answer = dispatcher.answer(value).orElse(null);
            if (answer != null) {
                write(answer);
            }
        }
    }

    private void fail(RpcError error) throws IOException {
        write(new Answer.Failure(null, error));
    }

    private void write(Answer answer) throws IOException {
        try (JsonGenerator json = Json.generator(out)) {
            answer.writeTo(json);
        } catch (JacksonIOException gone) {
            throw gone.getCause();
        }
        out.write('\n');
        out.flush();
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
