package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.JacksonIOException;

/**
 * Where all clients ask: one thread accepts them, reads, and answers at once what is quick and fits into a socket's
 * buffer, as what a monitor asks for does. It never waits for a client: who asks for more, or does not read, gets threads
 * of his own from then on, which are a {@link Connection}.
 */
final class Desk {

    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

    /** Clients beyond these wait in the backlog. */
    private static final int MAX_CLIENTS = 256;

    private static final int TRAY_BYTES = 64 << 10;

    private static final long ACCEPT_AGAIN_MS = 100;

    private final ServerSocketChannel server;
    private final Dispatcher dispatcher;
    private final Selector selector;
    private final Semaphore places = new Semaphore(MAX_CLIENTS);
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
    private final Tray tray = new Tray(TRAY_BYTES);
    private final byte[] bytes = new byte[Connection.CHUNK_BYTES];
    private final ByteBuffer chunk = ByteBuffer.wrap(bytes);
    private boolean acceptFailed;

    Desk(ServerSocketChannel server, Dispatcher dispatcher) throws IOException {
        this.server = server;
        this.dispatcher = dispatcher;
        server.configureBlocking(false);
        selector = Selector.open();
    }

    private record Client(SocketChannel channel, ValueReader reader) {}

    /** Serves until the server's socket is closed. */
    void run() {
        try (selector) {
            SelectionKey door = server.register(selector, SelectionKey.OP_ACCEPT);
            while (server.isOpen()) {
                turn(door);
            }
        } catch (ClosedChannelException | CancelledKeyException stopped) {
            LOG.debug("the RPC socket is closed");
        } catch (IOException e) {
            LOG.error("nobody can ask by RPC any more", e);
        }
    }

    /** Cuts clients off; with the server's socket closed, the thread ends. */
    void close() throws IOException {
        selector.wakeup();
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    private void turn(SelectionKey door) throws IOException {
        boolean accepts = !acceptFailed && places.availablePermits() > 0;
        if (door.isValid()) {
            door.interestOps(accepts ? SelectionKey.OP_ACCEPT : 0);
        }
        int ready = selector.select(this::serve, acceptFailed ? ACCEPT_AGAIN_MS : 0);
        acceptFailed &= ready > 0;
    }

    private void serve(SelectionKey key) {
        if (key.attachment() instanceof Client client) {
            serve(key, client);
        } else {
            accept();
        }
    }

    private void accept() {
        try {
            SocketChannel channel = server.accept();
            if (channel != null) {
                places.acquireUninterruptibly(); // there is one, since this thread alone takes them
                clients.add(channel);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Client(channel, new ValueReader()));
            }
        } catch (ClosedChannelException stopped) {
            LOG.debug("the RPC socket is closed");
        } catch (IOException e) {
            LOG.warn("accepting an RPC client: {}", e.toString());
            acceptFailed = true;
        }
    }

    private void serve(SelectionKey key, Client client) {
        try {
            int read = client.channel().read(chunk.clear());
            if (read != 0) {
                serve(key, client, Connection.Work.of(client.reader(), bytes, read));
            }
        } catch (IOException gone) {
            LOG.debug("an RPC client is gone: {}", gone.getMessage());
            leave(client);
        } catch (RuntimeException bug) {
            LOG.error("an RPC client is cut off", bug);
            leave(client);
        }
    }

    private void serve(SelectionKey key, Client client, Connection.Work work) throws IOException {
        int answered = answer(work.values());
        tray.sendTo(client.channel());
        Connection.Work rest = work.from(answered);
        if (rest.isEmpty() && tray.isEmpty()) {
            if (work.last()) {
                leave(client);
            }
        } else {
            handOver(key, client, tray.rest(), rest);
        }
    }

    /** How many of {@code values} have their answer on the tray. */
    private int answer(List<ValueReader.Value> values) {
        tray.clear();
        int answered = 0;
        while (answered < values.size() && answer(values.get(answered))) {
            answered++;
        }
        return answered;
    }

    private boolean answer(ValueReader.Value value) {
        if (!dispatcher.isQuick(value)) {
            return false;
        }
        Answer answer = dispatcher.answer(value).orElse(null);
        return answer == null || write(answer);
    }

    private boolean write(Answer answer) {
        tray.mark();
        try (JsonGenerator json = Json.generator(tray)) {
            answer.writeTo(json);
            json.flush();
            tray.write('\n');
            return true;
        } catch (Tray.Full | JacksonIOException full) {
            tray.reset();
            return false;
        }
    }

    private void handOver(SelectionKey key, Client client, byte[] unsent, Connection.Work rest) throws IOException {
        key.cancel();
        client.channel().configureBlocking(true);
        Connection connection = new Connection(client.channel(), client.reader(), dispatcher);
        Thread.ofVirtual().name("rpc-client").start(() -> {
            try {
                connection.run(unsent, rest);
            } finally {
                leave(client);
            }
        });
    }

    /** On any thread. */
    private void leave(Client client) {
        try (SocketChannel channel = client.channel();
                ValueReader _ = client.reader()) {
            clients.remove(channel);
        } catch (IOException e) {
            LOG.debug("closing the connection of an RPC client: {}", e.getMessage());
        }
        places.release();
        selector.wakeup();
    }
}
