package org.nvmftarget.initiator;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A host that is connected to one controller: its admin queue and its I/O queues. */
public final class Host implements AutoCloseable {

    private static final int QUEUE_SIZE = 32;
    /** CC: 64-byte and 16-byte queue entries, the NVM command set, enabled. */
    private static final int ENABLED = 6 << 16 | 4 << 20 | 1;

    private static final long AUTHENTICATION_REQUIRED = 1 << 17;

    private final InetSocketAddress address;
    private final String subsystem;
    private final String hostNqn;
    private final UUID hostId;
    private final Credentials credentials;
    private final HostQueue admin;
    private final List<HostQueue> ioQueues = new ArrayList<>();
    private final int cntlid;

    private Host(
            InetSocketAddress address,
            String subsystem,
            String hostNqn,
            UUID hostId,
            int katoMs,
            Credentials credentials)
            throws IOException {
        this.hostId = hostId;
        this.credentials = credentials;
        this.address = address;
        this.subsystem = subsystem;
        this.hostNqn = hostNqn;
        this.admin = HostQueue.open(address);
        Completion connected = connect(admin, 0, 0xFFFF, katoMs);
        this.cntlid = (int) connected.result() & 0xFFFF;
    }

    /**
     * What a host proves itself by, and asks the subsystem to.
     *
     * @param key null for none
     * @param ctrlrKey null: the subsystem need not prove itself
     */
    public record Credentials(
            @Nullable String key, @Nullable String ctrlrKey) {
        public static final Credentials NONE = new Credentials(null, null);
    }

    /** The target did not let the host in when it had connected, or is not what the host asked for. */
    @SuppressWarnings("serial")
    public static final class NotAuthenticated extends IOException {
        NotAuthenticated(Dhchap.Outcome outcome) {
            super(outcome.toString());
        }
    }

    /** The target refused a Connect. */
    @SuppressWarnings("serial")
    public static final class Refused extends IOException {
        private final int status;
        private final boolean dnr;

        Refused(Completion completion) {
            super("Connect: status 0x" + Integer.toHexString(completion.status()));
            status = completion.status();
            dnr = completion.dnr();
        }

        public int status() {
            return status;
        }

        public boolean dnr() {
            return dnr;
        }
    }

    /** Connects an admin queue and enables the controller. */
    public static Host connect(InetSocketAddress address, String subsystem, String hostNqn, int katoMs)
            throws IOException {
        return connect(address, subsystem, hostNqn, UUID.randomUUID(), katoMs);
    }

    /** As above, with a host identifier that may come back. */
    public static Host connect(InetSocketAddress address, String subsystem, String hostNqn, UUID hostId, int katoMs)
            throws IOException {
        Host host = new Host(address, subsystem, hostNqn, hostId, katoMs, Credentials.NONE);
        host.enable();
        return host;
    }

    /** Authenticates every queue where the target asks for it. */
    public static Host connect(InetSocketAddress address, String subsystem, String hostNqn, Credentials credentials)
            throws IOException {
        Host host = new Host(address, subsystem, hostNqn, UUID.randomUUID(), 0, credentials);
        host.enable();
        return host;
    }

    private Completion connect(HostQueue queue, int qid, int wantedCntlid, int katoMs) throws IOException {
        Completion connected = HostQueue.await(queue.submitInCapsule(
                Commands.connect(qid, QUEUE_SIZE - 1, katoMs, true),
                Commands.connectData(hostId, wantedCntlid, subsystem, hostNqn)));
        if (!connected.succeeded()) {
            queue.close();
            throw new Refused(connected);
        }
        if ((connected.result() & AUTHENTICATION_REQUIRED) != 0 && credentials.key() != null) {
            Dhchap.Outcome outcome = new Dhchap(hostNqn, subsystem, credentials.key(), credentials.ctrlrKey())
                    .authenticate(queue.dhchap());
            if (outcome != Dhchap.Outcome.AUTHENTICATED) {
                queue.close();
                throw new NotAuthenticated(outcome);
            }
        }
        return connected;
    }

    private void enable() throws IOException {
        Completion enabled = HostQueue.await(admin.submit(Commands.propertySet(Commands.CC, ENABLED)));
        if (!enabled.succeeded()) {
            throw new Refused(enabled);
        }
        for (int i = 0; i < 100; i++) {
            if ((HostQueue.await(admin.submit(Commands.propertyGet(Commands.CSTS, false)))
                                    .result()
                            & 1)
                    != 0) {
                return;
            }
        }
        throw new IOException("the controller did not become ready");
    }

    /** Says good-bye as a host does that disconnects: CC.SHN is set to a normal shutdown. */
    public void shutDown() throws IOException {
        HostQueue.await(admin.submit(Commands.propertySet(Commands.CC, ENABLED | 1 << 14)));
        close();
    }

    public HostQueue admin() {
        return admin;
    }

    public UUID hostId() {
        return hostId;
    }

    public int cntlid() {
        return cntlid;
    }

    /** Asks for {@code count} I/O queues and connects them. */
    public List<HostQueue> connectIoQueues(int count) throws IOException {
        HostQueue.await(admin.submit(Commands.setFeatures(0x07, (count - 1) << 16 | (count - 1))));
        for (int qid = 1; qid <= count; qid++) {
            HostQueue queue = HostQueue.open(address);
            connect(queue, qid, cntlid, 0);
            ioQueues.add(queue);
        }
        return ioQueues;
    }

    /** Identify data, little-endian. */
    public ByteBuffer identify(int cns, int nsid) {
        Completion done = HostQueue.await(admin.submitRead(Commands.identify(cns, nsid), 4096));
        if (!done.succeeded()) {
            throw new AssertionError("Identify: status 0x" + Integer.toHexString(done.status()));
        }
        return ByteBuffer.wrap(done.data()).order(ByteOrder.LITTLE_ENDIAN);
    }

    public ByteBuffer logPage(int id, int nsid, int length) {
        Completion done = HostQueue.await(admin.submitRead(Commands.getLogPage(id, nsid, 0, length, false), length));
        if (!done.succeeded()) {
            throw new AssertionError("Get Log Page: status 0x" + Integer.toHexString(done.status()));
        }
        return ByteBuffer.wrap(done.data()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The ids of active namespaces. */
    public List<Integer> activeNamespaces() {
        ByteBuffer list = identify(0x02, 0);
        List<Integer> active = new ArrayList<>();
        for (int at = 0; at < 4096 && list.getInt(at) != 0; at += 4) {
            active.add(list.getInt(at));
        }
        return active;
    }

    @Override
    public void close() throws IOException {
        for (HostQueue queue : ioQueues) {
            queue.close();
        }
        admin.close();
    }
}
