package org.nvmftarget.verbs;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A host's connection, from its request to its end. Everything that it does or hears of is an event of the hardware. */
public final class HostLink {

    /** A reject with private data. */
    public static final int CONSUMER_DEFINED = 28;

    /** Nobody listens there. */
    public static final int INVALID_SERVICE = 8;

    /** Who uses the connection. */
    public interface User {
        /** The connection stands; {@code privateData} is filled up with zeroes. */
        void established(byte[] privateData);

        /** The target says no. */
        void rejected(int reason, byte[] privateData);

        /** A message has come. {@code invalidatedKey} is 0 where it made no key invalid. */
        void message(byte[] bytes, int invalidatedKey);

        /** It is over: the target disconnected, or the queue pair is in the error state. Told once. */
        void ended(String why);
    }

    private enum State {
        CONNECTING,
        ESTABLISHED,
        OVER
    }

    private final World world;
    private final SoftRdma rdma;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final User user;
    private final HostEndpoint endpoint;
    private final int readsServed;
    private State state = State.CONNECTING;
    private @Nullable SoftCmId target;
    private boolean vanished;

    private HostLink(
            SoftRdma rdma,
            InetSocketAddress local,
            InetSocketAddress remote,
            HostMemory memory,
            int receives,
            int readsServed,
            User user) {
        this.rdma = rdma;
        this.local = local;
        this.remote = remote;
        this.user = user;
        this.readsServed = readsServed;
        world = rdma.world();
        endpoint = new HostEndpoint(world, "host " + local, memory, endpointUser(), receives);
    }

    private HostEndpoint.User endpointUser() {
        return new HostEndpoint.User() {
            @Override
            public void message(byte[] bytes, int invalidatedKey) {
                user.message(bytes, invalidatedKey);
            }

            @Override
            public void broken(String why) {
                over(why);
            }
        };
    }

    /**
     * Asks for a connection.
     *
     * @param receives messages that may come before {@link #postReceive}
     * @param readsServed RDMA reads of the target's that are served at a time
     */
    public static HostLink connect(
            SoftRdma rdma,
            InetSocketAddress local,
            InetSocketAddress remote,
            HostMemory memory,
            byte[] privateData,
            int receives,
            int readsServed,
            User user) {
        HostLink link = new HostLink(rdma, local, remote, memory, receives, readsServed, user);
        link.packet(() -> {
            SoftCmId listener = rdma.listener(remote);
            if (listener != null) {
                listener.requested(link, privateData, readsServed, RcEndpoint.RETRY_FOR_EVER);
            } else if (rdma.owner(remote.getAddress()) != null) {
                link.rejected(INVALID_SERVICE, new byte[0]);
            }
        });
        return link;
    }

    /** Connection managers send again what was lost. */
    private void packet(Runnable arrival) {
        long lostNs = world.oneIn(30) ? world.between(200_000_000, 2_000_000_000) : 0;
        world.hardware(lostNs + world.between(2000, 60_000), () -> {
            if (!vanished) {
                arrival.run();
            }
        });
    }

    InetSocketAddress local() {
        return local;
    }

    InetSocketAddress remote() {
        return remote;
    }

    HostEndpoint endpoint() {
        return endpoint;
    }

    int rnrRetries() {
        return RcEndpoint.RETRY_FOR_EVER;
    }

    void reached(SoftCmId id) {
        target = id;
        if (state == State.OVER) {
            packet(id::withdrawn);
        }
    }

    // --- what the target does --------------------------------------------------------------------------------------

    void accepted(SoftQueuePair qp, byte[] privateData, int rnrRetries) {
        SoftCmId id = target;
        world.hardware(world.between(20_000_000_000L, 60_000_000_000L), () -> {
            if (id != null) {
                id.unconfirmed();
            }
        });
        packet(() -> {
            if (state != State.CONNECTING || id == null) {
                return;
            }
            state = State.ESTABLISHED;
            endpoint.connect(qp, readsServed, rnrRetries);
            if (!rdma.losesConfirmations()) {
                packet(id::confirmed);
            }
            user.established(privateData);
        });
    }

    void rejected(int reason, byte[] privateData) {
        packet(() -> {
            if (state == State.CONNECTING) {
                state = State.OVER;
                user.rejected(reason, privateData);
            }
        });
    }

    void disconnectedByTarget() {
        SoftCmId id = target;
        if (id == null) {
            return;
        }
        if (vanished) {
            world.hardware(world.between(2_000_000_000L, 40_000_000_000L), id::disconnectedByHost);
            return;
        }
        packet(() -> {
            packet(id::disconnectedByHost);
            over("the target disconnects");
            endpoint.fail("disconnected");
        });
    }

    private void over(String why) {
        if (state == State.ESTABLISHED) {
            state = State.OVER;
            user.ended(why);
        }
        state = State.OVER;
    }

    // --- what the host does ----------------------------------------------------------------------------------------

    public boolean isEstablished() {
        return state == State.ESTABLISHED;
    }

    public boolean isOver() {
        return state == State.OVER;
    }

    /** Whether the target has done with the connection: nothing that came by it is executed any more. */
    public boolean isForgotten() {
        return state == State.OVER && (target == null || target.isDone());
    }

    /** Whether the target has closed its end. */
    public boolean isLeftByTarget() {
        return target != null && target.isDone();
    }

    public void send(byte[] message) {
        endpoint.send(message);
    }

    /** One more receive is there. */
    public void postReceive() {
        endpoint.postReceive();
    }

    /** Says good-bye, or that it no longer wants the connection. */
    public void disconnect() {
        SoftCmId id = target;
        boolean before = state == State.CONNECTING;
        over("the host disconnects");
        endpoint.fail("disconnected");
        if (id != null) {
            packet(before ? id::withdrawn : id::disconnectedByHost);
        }
    }

    /** Its queue pair fails, and nobody is told. */
    public void breakQueuePair() {
        over("the host's queue pair failed");
        endpoint.fail("a fault of the host");
    }

    /** The host, or the cable, is gone. */
    public void vanish() {
        vanished = true;
        endpoint.vanish();
        over("the host vanished");
    }
}
