package org.nvmftarget.initiator;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** One queue of a host: commands out, completions in. Many may be under way; any thread may submit. */
public final class HostQueue implements AutoCloseable {

    private static final int SGL1 = 24;

    private final RawConnection connection;
    private final int maxH2cData;
    private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicInteger nextCid = new AtomicInteger();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final Thread reader;

    private static final class Pending {
        private final CompletableFuture<Completion> done = new CompletableFuture<>();
        private final byte[] toController;
        private final byte[] fromController;

        Pending(byte[] toController, int readLength) {
            this.toController = toController;
            this.fromController = new byte[readLength];
        }
    }

    private HostQueue(RawConnection connection, int maxH2cData, String name) {
        this.connection = connection;
        this.maxH2cData = maxH2cData;
        this.reader = Thread.ofPlatform().daemon(true).name(name).start(this::read);
    }

    /** Connects the socket and initializes the connection; no Connect command yet. */
    public static HostQueue open(InetSocketAddress address) throws IOException {
        return open(address, 0);
    }

    /** @param hpda alignment of data that this host wants, in zero-based dwords */
    public static HostQueue open(InetSocketAddress address, int hpda) throws IOException {
        RawConnection connection = RawConnection.open(address);
        RawConnection.Pdu response = connection.negotiate(hpda);
        connection.readTimeout(0);
        return new HostQueue(connection, response.u32(12), "host-queue-" + address);
    }

    /** A command whose data, if any, go in the capsule. */
    public CompletableFuture<Completion> submitInCapsule(ByteBuffer sqe, byte[] data) {
        sqe.putLong(SGL1, 0).putInt(SGL1 + 8, data.length).putInt(SGL1 + 12, 0x01 << 24);
        return submit(sqe, data, 0, data);
    }

    /** A command whose data the controller asks for. */
    public CompletableFuture<Completion> submitWrite(ByteBuffer sqe, byte[] data) {
        transportSgl(sqe, data.length);
        return submit(sqe, data, 0, new byte[0]);
    }

    /** A command that brings data. */
    public CompletableFuture<Completion> submitRead(ByteBuffer sqe, int length) {
        transportSgl(sqe, length);
        return submit(sqe, new byte[0], length, new byte[0]);
    }

    public CompletableFuture<Completion> submit(ByteBuffer sqe) {
        return submitRead(sqe, 0);
    }

    private static void transportSgl(ByteBuffer sqe, int length) {
        sqe.putLong(SGL1, 0).putInt(SGL1 + 8, length).putInt(SGL1 + 12, 0x5A << 24);
    }

    private CompletableFuture<Completion> submit(ByteBuffer sqe, byte[] data, int readLength, byte[] inCapsule) {
        Pending command = new Pending(data, readLength);
        int cid = nextCid.getAndIncrement() & 0xFFFF;
        while (pending.putIfAbsent(cid, command) != null) {
            cid = nextCid.getAndIncrement() & 0xFFFF;
        }
        sqe.put(1, (byte) 0x40).putShort(2, (short) cid);
        try {
            connection.send(RawConnection.capsule(sqe, inCapsule));
        } catch (IOException lost) {
            command.done.completeExceptionally(lost);
        }
        if (ended.isDone()) {
            command.done.completeExceptionally(new IOException("the connection has ended: " + ended.join()));
        }
        return command.done;
    }

    /** Messages of authentication, by commands of this queue. */
    public Dhchap.Link dhchap() {
        return new Dhchap.Link() {
            @Override
            public int send(byte[] message) {
                return await(submitWrite(Commands.authSend(message.length), message))
                        .status();
            }

            @Override
            public byte[] receive(int room) {
                Completion done = await(submitRead(Commands.authReceive(room), room));
                return done.succeeded() ? done.data() : new byte[0];
            }
        };
    }

    /** Waits for one completion. */
    public static Completion await(CompletableFuture<Completion> submitted) {
        try {
            return submitted.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new AssertionError("a command did not complete: " + failed, failed);
        }
    }

    /** Completes when the target has closed the connection, with the reason. */
    public CompletableFuture<String> ended() {
        return ended;
    }

    private void read() {
        String why = "closed";
        try {
            Optional<RawConnection.Pdu> pdu = connection.receive();
            while (pdu.isPresent()) {
                handle(pdu.get());
                pdu = connection.receive();
            }
        } catch (IOException | RuntimeException broken) {
            why = broken.toString();
        }
        ended.complete(why);
        String reason = why;
        pending.values()
                .forEach(each -> each.done.completeExceptionally(new IOException("connection lost: " + reason)));
    }

    private void handle(RawConnection.Pdu pdu) throws IOException {
        switch (pdu.type()) {
            case RawConnection.RSP -> {
                int status = pdu.u16(22) >>> 1;
                complete(pdu.u16(20), status, pdu.bytes().getLong(8), pdu.u16(16), false);
            }
            case RawConnection.C2H_DATA -> data(pdu);
            case RawConnection.R2T -> answer(pdu);
            case RawConnection.C2H_TERM -> throw new IOException("C2HTermReq, FES " + pdu.u16(8));
            default -> throw new IOException("PDU of type " + pdu.type());
        }
    }

    private Pending find(int cid) throws IOException {
        Pending command = pending.get(cid);
        if (command == null) {
            throw new IOException("no command has the identifier " + cid);
        }
        return command;
    }

    private void data(RawConnection.Pdu pdu) throws IOException {
        Pending command = find(pdu.u16(8));
        pdu.bytes().get(pdu.dataOffset(), command.fromController, pdu.u32(12), pdu.u32(16));
        boolean last = (pdu.flags() & 4) != 0;
        if ((pdu.flags() & 8) != 0) {
            if (!last) {
                throw new IOException("SUCCESS in a C2HData that is not the last");
            }
            complete(pdu.u16(8), 0, 0, 0xFFFF, true);
        }
    }

    private void answer(RawConnection.Pdu pdu) throws IOException {
        Pending command = find(pdu.u16(8));
        int offset = pdu.u32(12);
        int length = pdu.u32(16);
        int sent = 0;
        while (sent < length) {
            int piece = Math.min(maxH2cData, length - sent);
            connection.send(RawConnection.h2cData(
                    pdu.u16(8),
                    pdu.u16(10),
                    offset + sent,
                    command.toController,
                    offset + sent,
                    piece,
                    sent + piece == length));
            sent += piece;
        }
    }

    private void complete(int cid, int status, long result, int sqHead, boolean byFlag) throws IOException {
        Pending command = find(cid);
        pending.remove(cid);
        boolean dnr = (status & 0x4000) != 0;
        command.done.complete(new Completion(
                status & 0x7FF,
                dnr,
                result,
                sqHead,
                byFlag,
                Arrays.copyOf(command.fromController, command.fromController.length)));
    }

    /** Ends with a reset, whatever is under way. */
    public void kill() throws IOException {
        connection.reset();
    }

    @Override
    public void close() throws IOException {
        connection.close();
        try {
            reader.join(5000);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
