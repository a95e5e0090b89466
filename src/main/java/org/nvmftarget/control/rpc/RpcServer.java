package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.nvmftarget.control.admit.Preview;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.DesiredState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server: its socket, and a thread that serves clients there until it is closed. */
public final class RpcServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);

    private final SocketFile socket;
    private final Path path;
    private final Optional<Path> link;
    private final Desk desk;

    private RpcServer(Settings settings, SocketFile socket, Desk desk) {
        this.socket = socket;
        this.path = settings.socket();
        this.link = settings.link();
        this.desk = desk;
    }

    /**
     * Where the server is.
     *
     * @param socket path of the UNIX socket
     * @param link where a symbolic link to it is made if nothing stands there
     * @param access group and mode of the socket
     * @param locks how the socket is kept from others
     * @param threads makes the one that serves: what it does may wait for anything else
     * @param version this program's
     */
    public record Settings(
            Path socket,
            Optional<Path> link,
            DesiredState.Rpc access,
            SocketLock locks,
            ThreadFactory threads,
            String version) {}

    /** What the server tells of. */
    public record Views(StatusSource status, Preview preview, SpecTexts spec, LogView log) {}

    /**
     * Starts to serve.
     *
     * @throws IOException in words for the operator, if the socket cannot be had
     */
    public static RpcServer start(Settings settings, Views views) throws IOException {
        SocketFile socket = SocketFile.open(settings.socket(), settings.access(), settings.locks());
        try {
            Dispatcher dispatcher = new Dispatcher(
                    methods(settings.version(), views),
                    TargetMethods.NAMES,
                    new Refused(views.spec().path().toString()));
            Desk desk = new Desk(socket.server(), dispatcher);
            settings.threads().newThread(desk::run).start();
            RpcServer server = new RpcServer(settings, socket, desk);
            server.link.ifPresent(where -> SpdkLink.make(where, server.path));
            return server;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** All that is offered. */
    static Map<String, Method> methods(String version, Views views) {
        Map<String, Method> methods = new HashMap<>();
        new SpdkMethods(views.status(), version).addTo(methods);
        new SpdkLiveMethods(views.status()).addTo(methods);
        new SpdkBdevMethods(views.status(), views.spec().path().toString()).addTo(methods);
        new SpdkHistogramMethods(views.status()).addTo(methods);
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
            desk.close();
        } catch (IOException e) {
            LOG.warn("closing {}: {}", path, e.toString());
        }
    }
}
