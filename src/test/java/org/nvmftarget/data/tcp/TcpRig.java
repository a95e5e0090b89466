package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.ReactorOptions;
import org.nvmftarget.data.target.FakeQueuePairs;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** A TCP transport on a loopback port, over a core of memory. */
final class TcpRig implements AutoCloseable {

    static final int DISK_BYTES = 32 << 20;

    private static final long PATIENCE_MS = 15_000;

    private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    private final Arena arena = Arena.ofShared();
    private final List<EpollReactor> reactors;
    private final EpollReactor acceptor = EpollReactor.start(options("acceptor"));
    final FakeQueuePairs core = new FakeQueuePairs(DISK_BYTES, arena);
    final TransportAddress address;
    final TcpTransport transport;

    TcpRig(TransportOptions.Tcp options, Timeouts timeouts, PoolSizes sizes) {
        reactors = IntStream.range(0, 2)
                .mapToObj(i -> EpollReactor.start(options("data-" + i)))
                .toList();
        TransportFactory.Context context = new TransportFactory.Context(List.copyOf(reactors), acceptor, core);
        TransportFactory.Created created = TcpTransport.factory(timeouts, sizes).create(options, context);
        transport = (TcpTransport) ((TransportFactory.Created.Ready) created).transport();
        address = new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.1", freePort());
        assertEquals(StepResult.DONE, transport.listen(address));
    }

    static TcpRig withDefaults() {
        return new TcpRig(TransportOptions.tcp(), quick(), PoolSizes.DEFAULTS);
    }

    /** Timeouts that a test can wait for. */
    static Timeouts quick() {
        return new Timeouts(Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofMillis(200));
    }

    private ReactorOptions options(String name) {
        return ReactorOptions.of(name, (reactor, thrown) -> fatal.complete(thrown));
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new AssertionError(none);
        }
    }

    InetSocketAddress target() {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), address.trsvcid());
    }

    /** A connected queue; 0 is an admin queue. */
    HostQueue queue(int qid) throws IOException {
        HostQueue queue = HostQueue.open(target());
        assertEquals(
                0,
                HostQueue.await(queue.submitInCapsule(
                                Commands.connect(qid, 127, 0, true), new byte[Commands.CONNECT_DATA_LENGTH]))
                        .status());
        return queue;
    }

    /** Waits until {@code condition} holds. */
    static void await(String what, BooleanSupplier condition) {
        long waitedMs = 0;
        while (!condition.getAsBoolean()) {
            if (waitedMs > PATIENCE_MS) {
                throw new AssertionError("not in time: " + what);
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException stop) {
                throw new AssertionError(stop);
            }
            waitedMs += 2;
        }
    }

    /** Waits until all connections are gone, then looks for what they left. */
    void assertNothingLeft() {
        await("every connection gone", () -> transport.connectionCount() == 0);
        assertEquals(0, transport.inUse(), "requests and buffers in use");
        core.pairs().forEach(pair -> {
            assertEquals(true, pair.isClosed(), "the core was told that the queue is gone");
            assertEquals(true, pair.isBalanced(), "every request came back");
        });
        assertEquals(null, fatal.getNow(null));
    }

    @Override
    public void close() {
        transport.close();
        acceptor.close();
        reactors.forEach(EpollReactor::close);
        arena.close();
        assertEquals(null, fatal.getNow(null));
    }
}
