package org.nvmftarget.control.metrics;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.nvmftarget.control.reconcile.StatusSource;

/** Answers {@code GET /metrics}. */
public final class MetricsServer implements AutoCloseable {

    private final HTTPServer server;

    private MetricsServer(HTTPServer server) {
        this.server = server;
    }

    /**
     * Listens.
     *
     * @param version of the program
     * @throws IOException the address cannot be listened on; the message names it
     */
    public static MetricsServer start(InetSocketAddress address, String version, StatusSource source)
            throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new TargetCollector(version, source));
        try {
            return new MetricsServer(HTTPServer.builder()
                    .inetAddress(address.getAddress())
                    .port(address.getPort())
                    .registry(registry)
                    .buildAndStart());
        } catch (IOException e) {
            throw new IOException(
                    "metrics cannot be offered at " + address.getAddress().getHostAddress() + " port "
                            + address.getPort() + ": " + e.getMessage(),
                    e);
        }
    }

    /** The port, which the system chose if the address had 0. */
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.close();
    }
}
