package org.nvmftarget.verbs.host;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nvmftarget.verbs.HostLink;
import org.nvmftarget.verbs.HostMemory;
import org.nvmftarget.verbs.SoftRdma;
import org.nvmftarget.verbs.World;

/** One queue of a host, from the request for its connection on. */
public final class NvmeQueue {

    /** What the queue's owner hears. */
    interface Owner {
        /** The connection stands, and Connect can be sent. */
        void connected(NvmeQueue queue);

        /** It is over, or never came about. Told once. */
        void over(NvmeQueue queue, String why);
    }

    private static final int CQE_BYTES = 16;

    private final World world;
    private final HostMemory memory;
    private final Owner owner;
    private final int qid;
    private final int entries;
    private final HostLink link;
    private final Map<Integer, HostCommand> pending = new LinkedHashMap<>();
    private int nextCid;
    private boolean connected;
    private boolean over;
    private long answered;

    NvmeQueue(Where where, HostMemory memory, int qid, int entries, int readsServed, Owner owner) {
        world = where.world();
        this.memory = memory;
        this.owner = owner;
        this.qid = qid;
        this.entries = entries;
        link = HostLink.connect(
                where.rdma(), where.local(), where.remote(), memory, request(), entries, readsServed, user());
    }

    /** From where to where. */
    public record Where(World world, SoftRdma rdma, InetSocketAddress local, InetSocketAddress remote) {}

    /** RECFMT 0, QID, HRQSIZE, HSQSIZE (zero-based), CNTLID. */
    private byte[] request() {
        ByteBuffer data = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort(0, (short) 0).putShort(2, (short) qid);
        data.putShort(4, (short) entries).putShort(6, (short) (entries - 1));
        return data.array();
    }

    private HostLink.User user() {
        return new HostLink.User() {
            @Override
            public void established(byte[] privateData) {
                accepted(ByteBuffer.wrap(privateData).order(ByteOrder.LITTLE_ENDIAN));
            }

            @Override
            public void rejected(int reason, byte[] privateData) {
                String status = privateData.length < 4 ? "none" : Integer.toString(privateData[2]);
                end("rejected, reason " + reason + ", status " + status);
            }

            @Override
            public void message(byte[] bytes, int invalidatedKey) {
                response(bytes, invalidatedKey);
            }

            @Override
            public void ended(String why) {
                end(why);
            }
        };
    }

    private void accepted(ByteBuffer data) {
        if (data.getShort(0) != 0 || (data.getShort(2) & 0xFFFF) < entries - 1) {
            throw world.violation("queue " + qid + " is accepted with private data for " + data.getShort(2));
        }
        connected = true;
        owner.connected(this);
    }

    // --- commands --------------------------------------------------------------------------------------------------

    public int qid() {
        return qid;
    }

    public HostMemory memory() {
        return memory;
    }

    /** Whether a command can be sent now. */
    public boolean hasRoom() {
        return connected && !over && pending.size() < entries - 1;
    }

    /** Commands that are not answered, those that may wait left out. */
    public List<String> unanswered() {
        List<String> lines = new ArrayList<>();
        pending.forEach((cid, c) -> {
            if (!c.mayWait) {
                lines.add("cid " + cid + ", opcode " + c.sqe.get(0) + ", sent at " + c.submittedNs);
            }
        });
        return lines;
    }

    /** Whether the target has done with it, though nobody has told the host. */
    public boolean isLeftByTarget() {
        return link.isLeftByTarget();
    }

    public long answered() {
        return answered;
    }

    public boolean isOver() {
        return over;
    }

    /** Sends a command; it {@link #hasRoom}. */
    public void submit(HostCommand command) {
        int cid = nextCid;
        while (pending.containsKey(cid)) {
            cid = (cid + 1) & 0xFFFF;
        }
        nextCid = (cid + 1) & 0xFFFF;
        command.submittedNs = world.nowNs();
        pending.put(cid, command);
        link.send(command.capsule(cid));
    }

    /** Sends fewer bytes than a command has. */
    public void sendRunt(int length) {
        if (connected && !over) {
            link.send(new byte[length]);
        }
    }

    private void response(byte[] bytes, int invalidatedKey) {
        if (bytes.length != CQE_BYTES) {
            throw world.violation("a response of " + bytes.length + " bytes");
        }
        ByteBuffer cqe = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int cid = cqe.getShort(12) & 0xFFFF;
        HostCommand command = pending.remove(cid);
        if (command == null) {
            throw world.violation("queue " + qid + ": an answer to cid " + cid + ", which waits for none");
        }
        answered++;
        int status = (cqe.getShort(14) & 0xFFFF) >>> 1 & 0x7FF;
        check(command, status, invalidatedKey);
        byte[] data = command.toController ? new byte[0] : command.data();
        command.buffers.forEach(memory::forget);
        // The host takes its time before it is ready for one more response.
        world.hardware(world.between(0, 20_000), link::postReceive);
        command.ending.answered(status, cqe.getLong(0), data);
    }

    private void check(HostCommand command, int status, int invalidatedKey) {
        if (invalidatedKey != 0 && !(command.invalidates && command.ownsKey(invalidatedKey))) {
            throw world.violation("queue " + qid + ": the response takes back a key that it should not");
        }
        if (command.invalidates && invalidatedKey == 0 && !command.isMistaken) {
            throw world.violation("queue " + qid + ": the response takes no key back, as the host asked");
        }
        boolean moved = command.buffers.stream().allMatch(buffer -> buffer.accesses() > 0);
        if (status == 0 && command.hasData && !moved && !command.isMistaken) {
            throw world.violation("queue " + qid + ": success, and the target has not moved all data");
        }
    }

    // --- ends ------------------------------------------------------------------------------------------------------

    private void end(String why) {
        if (over) {
            return;
        }
        over = true;
        List<HostCommand> torn = new ArrayList<>(pending.values());
        pending.clear();
        for (HostCommand command : torn) {
            command.buffers.forEach(memory::forget);
            command.ending.torn(link::isForgotten);
        }
        owner.over(this, why);
    }

    public void disconnect() {
        link.disconnect();
        end("the host disconnects");
    }

    public void breakQueuePair() {
        link.breakQueuePair();
        end("the host's queue pair failed");
    }

    public void vanish() {
        link.vanish();
        end("the host vanished");
    }
}
