package org.nvmftarget.initiator;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** A connection that sends any bytes and reads whole PDUs. */
public final class RawConnection implements AutoCloseable {

    public static final int ICREQ = 0;
    public static final int ICRESP = 1;
    public static final int H2C_TERM = 2;
    public static final int C2H_TERM = 3;
    public static final int CMD = 4;
    public static final int RSP = 5;
    public static final int H2C_DATA = 6;
    public static final int C2H_DATA = 7;
    public static final int R2T = 9;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.in = new DataInputStream(socket.getInputStream());
    }

    public static RawConnection open(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(address, 5000);
        socket.setSoTimeout(20_000);
        return new RawConnection(socket);
    }

    /** A PDU as it came: {@code bytes} is all of it. */
    public record Pdu(ByteBuffer bytes) {
        public int type() {
            return bytes.get(0) & 0xFF;
        }

        public int flags() {
            return bytes.get(1) & 0xFF;
        }

        public int headerLength() {
            return bytes.get(2) & 0xFF;
        }

        public int dataOffset() {
            return bytes.get(3) & 0xFF;
        }

        public int u16(int at) {
            return bytes.getShort(at) & 0xFFFF;
        }

        public int u32(int at) {
            return bytes.getInt(at);
        }
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    public static ByteBuffer buffer(int length) {
        return wrap(new byte[length]);
    }

    /** A PDU with its common header filled in; PLEN is the length of the buffer. */
    public static ByteBuffer pdu(int type, int flags, int headerLength, int dataOffset, int length) {
        return buffer(length)
                .put(0, (byte) type)
                .put(1, (byte) flags)
                .put(2, (byte) headerLength)
                .put(3, (byte) dataOffset)
                .putInt(4, length);
    }

    public static ByteBuffer icReq(int version, int hpda, int digests) {
        return pdu(ICREQ, 0, 128, 0, 128)
                .putShort(8, (short) version)
                .put(10, (byte) hpda)
                .put(11, (byte) digests);
    }

    /** CapsuleCmd; {@code data} in the capsule, perhaps none. */
    public static ByteBuffer capsule(ByteBuffer sqe, byte[] data) {
        ByteBuffer pdu = pdu(CMD, 0, 72, data.length > 0 ? 72 : 0, 72 + data.length);
        return pdu.put(8, sqe, 0, 64).put(72, data);
    }

    public static ByteBuffer h2cData(int cid, int ttag, int offset, byte[] data, int from, int length, boolean last) {
        return pdu(H2C_DATA, last ? 4 : 0, 24, 24, 24 + length)
                .putShort(8, (short) cid)
                .putShort(10, (short) ttag)
                .putInt(12, offset)
                .putInt(16, length)
                .put(24, data, from, length);
    }

    private static byte[] copy(ByteBuffer whole) {
        byte[] bytes = new byte[whole.capacity()];
        whole.get(0, bytes);
        return bytes;
    }

    public synchronized void send(ByteBuffer bytes) throws IOException {
        out.write(copy(bytes));
    }

    /** Sends byte by byte, each in a segment of its own if the network wills. */
    public synchronized void sendInPieces(ByteBuffer bytes, int pieceLength) throws IOException {
        byte[] all = copy(bytes);
        for (int at = 0; at < all.length; at += pieceLength) {
            out.write(all, at, Math.min(pieceLength, all.length - at));
            out.flush();
        }
    }

    /** The next PDU; empty when the target has closed its side. */
    public Optional<Pdu> receive() throws IOException {
        byte[] common = new byte[8];
        try {
            in.readFully(common);
        } catch (EOFException | SocketException ended) {
            return Optional.empty();
        }
        int length = wrap(common).getInt(4);
        byte[] whole = Arrays.copyOf(common, length);
        in.readFully(whole, 8, length - 8);
        return Optional.of(new Pdu(wrap(whole)));
    }

    /** Exchanges ICReq and ICResp; returns the latter. */
    public Pdu negotiate(int hpda) throws IOException {
        send(icReq(0, hpda, 0));
        return receive().orElseThrow(() -> new EOFException("no ICResp"));
    }

    public void readTimeout(int ms) throws IOException {
        socket.setSoTimeout(ms);
    }

    /** Ends with a reset instead of a FIN. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
