package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Gathers what is written to a channel in pieces that are worth a system call. Closing it leaves the channel open. */
final class ChannelOutput extends OutputStream {

    private final WritableByteChannel channel;
    private final ByteBuffer pending;

    ChannelOutput(WritableByteChannel channel, int pieceBytes) {
        this.channel = channel;
        pending = ByteBuffer.allocate(pieceBytes);
    }

    @Override
    public void write(int b) throws IOException {
        if (!pending.hasRemaining()) {
            flush();
        }
        pending.put((byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (!pending.hasRemaining()) {
                flush();
            }
            int n = Math.min(pending.remaining(), length - done);
            pending.put(bytes, offset + done, n);
            done += n;
        }
    }

    @Override
    public void flush() throws IOException {
        pending.flip();
        while (pending.hasRemaining()) {
            channel.write(pending);
        }
        pending.clear();
    }
}
