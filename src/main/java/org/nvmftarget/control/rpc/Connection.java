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
 * One client with threads of its own: reads values, answers them in order. It may send many before it reads an answer,
 * so one thread reads and another writes: whoever writes first and reads later must not wait for each other.
 */
final class Connection {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** What is read at once. */
    static final int CHUNK_BYTES = 64 << 10;

    /** What is read and thrown away after a fault, so that the client can finish writing and find the answer. */
    private static final long MAX_DISCARD_BYTES = 64L << 20;

    /** What may have been read and not been answered yet: the longest request, and some. */
    private static final int MAX_UNANSWERED_BYTES = ValueReader.MAX_REQUEST_BYTES + (1 << 20);

    private static final int MAX_UNANSWERED_READS = 8192;

    private final SocketChannel channel;
    private final ValueReader reader;
    private final OutputStream out;
    private final Dispatcher dispatcher;
    private final BlockingQueue<Work> unanswered = new LinkedBlockingQueue<>(MAX_UNANSWERED_READS);
    private final Semaphore budget = new Semaphore(MAX_UNANSWERED_BYTES);

    /**
     * @param channel in blocking mode; its owner closes it
     * @param reader may have begun with a value
     */
    Connection(SocketChannel channel, ValueReader reader, Dispatcher dispatcher) {
        this.channel = channel;
        this.reader = reader;
        out = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK_BYTES);
        this.dispatcher = dispatcher;
    }

    /**
     * What reading has brought.
     *
     * @param bytes what was read for it
     * @param last no more comes
     * @param fault the stream ends here, with this answer
     */
    record Work(
            List<ValueReader.Value> values,
            int bytes,
            boolean last,
            @Nullable RpcError fault) {

        Work {
            values = List.copyOf(values);
        }

        /** From the first {@code length} of {@code bytes}, or from the stream's end if that is below 0. */
        static Work of(ValueReader reader, byte[] bytes, int length) {
            List<ValueReader.Value> complete = new ArrayList<>();
            int taken = Math.max(length, 0);
            try {
                if (length < 0) {
                    return new Work(reader.end(), 0, true, null);
                }
                reader.feed(bytes, length, complete);
                return new Work(complete, taken, false, null);
            } catch (ValueReader.Malformed e) {
                return new Work(complete, taken, true, new RpcError(RpcError.PARSE_ERROR, "Parse error"));
            } catch (ValueReader.TooLong e) {
                RpcError error = new RpcError(
                        RpcError.INVALID_REQUEST,
                        "Invalid request: longer than " + ValueReader.MAX_REQUEST_BYTES + " bytes");
                return new Work(complete, taken, true, error);
            }
        }

        /** Without the first {@code answered} values. */
        Work from(int answered) {
            return new Work(values.subList(answered, values.size()), bytes, last, fault);
        }

        /** Whether nothing is to be answered. */
        boolean isEmpty() {
            return values.isEmpty() && fault == null;
        }

        private Work after(int moreBytes) {
            return new Work(values, bytes + moreBytes, last, fault);
        }
    }

    /**
     * Serves the client until it goes or errs.
     *
     * @param unsent goes to it first
     * @param first is answered then
     */
    void run(byte[] unsent, Work first) {
        Thread writer = Thread.ofVirtual().name("rpc-answers").unstarted(() -> write(unsent));
        try {
            writer.start();
            budget.acquire(first.bytes());
            unanswered.put(first);
            RpcError fault = first.last() ? first.fault() : readToTheEnd();
            writer.join();
            if (fault != null) {
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

    /** The fault at the end, if it is one. */
    private @Nullable RpcError readToTheEnd() throws IOException, InterruptedException {
        byte[] bytes = new byte[CHUNK_BYTES];
        ByteBuffer chunk = ByteBuffer.wrap(bytes);
        int unfinished = 0;
        Work work;
        do {
            int read = channel.read(chunk.clear());
            budget.acquire(Math.max(read, 0));
            work = Work.of(reader, bytes, read).after(unfinished);
            if (work.last() || !work.isEmpty()) {
                unanswered.put(work);
                unfinished = 0;
            } else {
                unfinished = work.bytes();
            }
        } while (!work.last());
        return work.fault();
    }

    // The writer

    private void write(byte[] unsent) {
        try {
            out.write(unsent);
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
