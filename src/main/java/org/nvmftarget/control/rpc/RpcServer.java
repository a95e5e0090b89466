package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.nvmftarget.control.admit.Preview;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.DesiredState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server: accepts clients until it is closed. Each has a virtual thread, so a slow one holds up itself alone. */
public final class RpcServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);

    /** Clients beyond these wait in the backlog. */
    private static final int MAX_CONNECTIONS = 256;

    private static final long ACCEPT_AGAIN_MS = 100;

    private final SocketFile socket;
    private final Path path;
    private final Optional<Path> link;
    private final Dispatcher dispatcher;
    private final Semaphore places = new Semaphore(MAX_CONNECTIONS);
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

    private RpcServer(Settings settings, SocketFile socket, Dispatcher dispatcher) {
        this.socket = socket;
        this.path = settings.socket();
        this.link = settings.link();
        this.dispatcher = dispatcher;
    }

    /**
     * Where the server is.
     *
     * @param socket path of the UNIX socket
     * @param link where a symbolic link to it is made if nothing stands there
     * @param access group and mode of the socket
     * @param locks how the socket is kept from others
     * @param version this program's
     */
    public record Settings(
            Path socket, Optional<Path> link, DesiredState.Rpc access, SocketLock locks, String version) {}

    /** What the server tells of. */
    public record Views(StatusSource status, Preview preview, SpecTexts spec, LogView log) {}

    /**
     * Starts to serve.
     *
     * @throws IOException in words for the operator, if the socket cannot be had
     */
    public static RpcServer start(Settings settings, Views views) throws IOException {
        Dispatcher dispatcher = new Dispatcher(
                methods(settings.version(), views),
                new Refused(views.spec().path().toString()));
        RpcServer server = new RpcServer(
                settings, SocketFile.open(settings.socket(), settings.access(), settings.locks()), dispatcher);
        server.link.ifPresent(where -> SpdkLink.make(where, server.path));
        Thread.ofVirtual().name("rpc-accept").start(server::accept);
        return server;
    }

    /** All that is offered. */
    static Map<String, Method> methods(String version, Views views) {
        Map<String, Method> methods = new HashMap<>();
        new SpdkMethods(views.status(), version).addTo(methods);
        new SpdkLiveMethods(views.status()).addTo(methods);
        new SpdkBdevMethods(views.status(), views.spec().path().toString()).addTo(methods);
        new SpdkThreadMethods(views.status()).addTo(methods);
        new SpdkFrameworkMethods(views.status(), views.log()).addTo(methods);
        new TargetMethods(views.status(), views.preview(), views.spec()).addTo(methods);
        return methods;
    }

    /** Gives the socket another group and mode, as a new spec says. */
    public void access(DesiredState.Rpc access) throws IOException {
        socket.access(access);
    }

    /** Stops; clients are cut off. */
    @Override
    public void close() {
        link.ifPresent(where -> SpdkLink.remove(where, path));
        try {
            socket.close();
            for (SocketChannel client : clients) {
                client.close();
            }
        } catch (IOException e) {
            LOG.warn("closing {}: {}", path, e.toString());
        }
    }

    private void accept() {
        while (socket.server().isOpen()) {
            try {
                places.acquire();
                SocketChannel client = acceptOrRelease();
                clients.add(client);
                Thread.ofVirtual().name("rpc-client").start(() -> serve(client));
            } catch (ClosedChannelException stopped) {
                return;
            } catch (IOException | InterruptedException e) {
                LOG.warn("accepting at {}: {}", path, e.toString());
                pause();
            }
        }
    }

    private SocketChannel acceptOrRelease() throws IOException {
        boolean accepted = false;
        try {
            SocketChannel client = socket.server().accept();
            accepted = true;
            return client;
        } finally {
            if (!accepted) {
                places.release();
            }
        }
    }

    private void serve(SocketChannel client) {
        try {
            new Connection(client, dispatcher).run();
        } finally {
            clients.remove(client);
            places.release();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ACCEPT_AGAIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
