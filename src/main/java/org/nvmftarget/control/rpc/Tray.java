package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/** Answers on their way to a client, as many bytes as it has place for. For one thread. */
final class Tray extends OutputStream {

    private final byte[] bytes;
    private int sent;
    private int end;
    private int mark;

    Tray(int size) {
        bytes = new byte[size];
    }

    /** There is no place for more. */
    static final class Full extends IOException {
        private static final long serialVersionUID = 1L;
    }

    void clear() {
        sent = 0;
        end = 0;
    }

    /** {@link #reset} comes back to here. */
    void mark() {
        mark = end;
    }

    void reset() {
        end = mark;
    }

    @Override
    public void write(int b) throws Full {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws Full {
        if (length > bytes.length - end) {
            throw new Full();
        }
        System.arraycopy(from, offset, bytes, end, length);
        end += length;
    }

    /** Sends what {@code channel} takes at once. */
    void sendTo(WritableByteChannel channel) throws IOException {
        if (!isEmpty()) {
            sent += channel.write(ByteBuffer.wrap(bytes, sent, end - sent));
        }
    }

    boolean isEmpty() {
        return sent == end;
    }

    /** What is not sent. */
    byte[] rest() {
        return Arrays.copyOfRange(bytes, sent, end);
    }
}
