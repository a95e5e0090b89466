package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** A host's queue and its connection, with a transport of no bytes between them. */
final class TestQueue implements Connection {

    static final byte[] NO_DATA = new byte[0];

    private final TransportAddress listener;
    private final TransportAddress local;
    private final TransportOptions options;
    private final Reactor reactor;
    private final QueuePair pair;
    private boolean disconnected;
    private boolean closed;
    private int answers;
    private int nextCid = 100;
    private boolean outOfMemory;
    private final List<TestRequest> waiting = new ArrayList<>();

    TestQueue(
            TransportAddress listener,
            TransportAddress local,
            TransportOptions options,
            Reactor reactor,
            TransportFactory.QueuePairs core) {
        this.listener = listener;
        this.local = local;
        this.options = options;
        this.reactor = reactor;
        pair = core.open(this, reactor);
    }

    QueuePair pair() {
        return pair;
    }

    /** Sends a command whose SGL describes {@code sglBytes}. */
    TestRequest send(MemorySegment sqe, byte[] data, int sglBytes, int fault) {
        TestRequest r = new TestRequest(Sq.withCid(sqe, nextCid++), data, this);
        resend(r, sglBytes, fault);
        return r;
    }

    void resend(TestRequest r, int sglBytes, int fault) {
        r.start(sglBytes, fault);
        if (pair.receive(r)) {
            if (r.transferLengthBytes() > 0 && outOfMemory) {
                waiting.add(r);
            } else {
                goOn(r);
            }
        }
    }

    private void goOn(TestRequest r) {
        if (r.transferLengthBytes() > 0) {
            r.buffer();
        }
        pair.execute(r);
    }

    /** From now on commands with data wait in the transport for memory. */
    void runOutOfMemory() {
        outOfMemory = true;
    }

    /** There is memory again. */
    void memoryCame() {
        outOfMemory = false;
        waiting.forEach(this::goOn);
        waiting.clear();
    }

    @Override
    public boolean abortWaiting(int cid) {
        for (TestRequest r : waiting) {
            if (Sqe.cid(r.sqe) == cid) {
                waiting.remove(r);
                pair.fail(r, Status.ABORTED_BY_REQUEST);
                return true;
            }
        }
        return false;
    }

    /** A command without data. */
    TestRequest send(MemorySegment sqe) {
        return send(sqe, NO_DATA, 0, 0);
    }

    /** A command that reads. */
    TestRequest read(MemorySegment sqe, int bytes) {
        return send(sqe, NO_DATA, bytes, 0);
    }

    /** A command that writes. */
    TestRequest write(MemorySegment sqe, byte[] data) {
        return send(sqe, data, data.length, 0);
    }

    TestRequest connect(int qid, ConnectData data) {
        return connect(Sq.connect(qid, 31, 0), data);
    }

    TestRequest connect(MemorySegment sqe, ConnectData data) {
        byte[] bytes = new byte[ConnectData.BYTES];
        data.encode(MemorySegment.ofArray(bytes));
        return write(sqe, bytes);
    }

    int answered(TestRequest r) {
        return answers++;
    }

    /** The connection breaks. */
    void drop() {
        if (!closed) {
            closed = true;
            pair.close();
        }
    }

    boolean isDisconnected() {
        return disconnected;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public TransportAddress listener() {
        return listener;
    }

    @Override
    public TransportAddress local() {
        return local;
    }

    @Override
    public String peer() {
        return "192.0.2.1:50000";
    }

    @Override
    public Optional<TransportAddress> peerAddress() {
        return Optional.of(new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "192.0.2.1", 50000));
    }

    @Override
    public TransportOptions options() {
        return options;
    }

    @Override
    public int maxQueueEntries(boolean adminQueue) {
        return adminQueue ? options.common().maxAqDepth() : options.common().maxQueueDepth();
    }

    @Override
    public void disconnect() {
        if (!disconnected) {
            disconnected = true;
            reactor.execute(this::drop);
        }
    }
}
