package org.nvmftarget.control.rpc;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.JacksonIOException;

/**
 * One client: reads values, answers them in order. It may send many before it reads an answer, so one thread reads and
 * another writes: whoever writes first and reads later must not wait for each other.
 */
final class Connection implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int CHUNK_BYTES = 64 << 10;

    /** What is read and thrown away after a fault, so that the client can finish writing and find the answer. */
    private static final long MAX_DISCARD_BYTES = 64L << 20;

    /** What may have been read and not been answered yet: the longest request, and some. */
    private static final int MAX_UNANSWERED_BYTES = ValueReader.MAX_REQUEST_BYTES + (1 << 20);

    private static final int MAX_UNANSWERED_READS = 8192;

    private final SocketChannel channel;
    private final OutputStream out;
    private final Dispatcher dispatcher;
    private final BlockingQueue<Work> unanswered = new LinkedBlockingQueue<>(MAX_UNANSWERED_READS);
    private final Semaphore budget = new Semaphore(MAX_UNANSWERED_BYTES);

    Connection(SocketChannel channel, Dispatcher dispatcher) {
        this.channel = channel;
        out = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK_BYTES);
        this.dispatcher = dispatcher;
    }

    /**
     * What one read has brought.
     *
     * @param bytes what was read for it
     * @param fault the stream ends here, with this answer
     */
    private record Work(
            List<ValueReader.Value> values,
            int bytes,
            boolean last,
            @Nullable RpcError fault) {}

    @Override
    public void run() {
        Thread writer = Thread.ofVirtual().name("rpc-answers").unstarted(this::write);
        try (channel;
                ValueReader reader = new ValueReader()) {
            writer.start();
            Work last = readToTheEnd(reader);
            unanswered.put(last);
            writer.join();
            if (last.fault() != null) {
                discard();
            }
        } catch (IOException gone) {
            LOG.debug("an RPC client is gone: {}", gone.getMessage());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            writer.interrupt(); // it may wait for work that does not come
        }
    }

    /** The last work. */
    private Work readToTheEnd(ValueReader reader) throws IOException, InterruptedException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        List<ValueReader.Value> complete = new ArrayList<>();
        int bytes = 0;
        try {
            while (channel.read(chunk.clear()) >= 0) {
                budget.acquire(chunk.position());
                bytes += chunk.position();
                reader.feed(chunk.array(), chunk.position(), complete);
                if (!complete.isEmpty()) {
                    unanswered.put(new Work(List.copyOf(complete), bytes, false, null));
                    complete.clear();
                    bytes = 0;
                }
            }
            return new Work(reader.end(), bytes, true, null);
        } catch (ValueReader.Malformed e) {
            return new Work(complete, bytes, true, new RpcError(RpcError.PARSE_ERROR, "Parse error"));
        } catch (ValueReader.TooLong e) {
            RpcError error = new RpcError(
                    RpcError.INVALID_REQUEST,
                    "Invalid request: longer than " + ValueReader.MAX_REQUEST_BYTES + " bytes");
            return new Work(complete, bytes, true, error);
        }
    }

    // The writer

    private void write() {
        try {
            Work work;
            do {
                work = unanswered.take();
                answer(work);
                budget.release(work.bytes());
            } while (!work.last());
        } catch (IOException gone) {
            LOG.debug("an RPC client is gone: {}", gone.getMessage());
            cutOff();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            LOG.error("an RPC client is cut off", bug);
            cutOff();
        }
    }

    /** The reader gives up, whatever it waits for. */
    private void cutOff() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing the connection of an RPC client: {}", e.getMessage());
        }
        unanswered.clear();
        budget.release(MAX_UNANSWERED_BYTES);
    }

    private void answer(Work work) throws IOException {
        for (ValueReader.Value value : work.values()) {
            Answer answer = dispatcher.answer(value).orElse(null);
            if (answer != null) {
                write(answer);
            }
        }
        if (work.fault() != null) {
            write(new Answer.Failure(null, work.fault()));
        }
        out.flush();
    }

    private void write(Answer answer) throws IOException {
        try (JsonGenerator json = Json.generator(out)) {
            answer.writeTo(json);
        } catch (JacksonIOException gone) {
            throw gone.getCause();
        }
        out.write('\n');
    }

    private void discard() throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        channel.shutdownOutput();
        long discarded = 0;
        int read = channel.read(chunk.clear());
        while (read >= 0 && discarded < MAX_DISCARD_BYTES) {
            discarded += read;
            read = channel.read(chunk.clear());
        }
    }
}
