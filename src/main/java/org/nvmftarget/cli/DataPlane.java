package org.nvmftarget.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.DiskMemory;
import org.nvmftarget.data.rdma.RdmaTransport;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorOptions;
import org.nvmftarget.data.target.NamespaceStore;
import org.nvmftarget.data.target.Target;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.data.tcp.TcpTransport;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportType;

/** The data wing, wired: reactors, acceptor, transports, target. */
final class DataPlane {

    private static final int MAX_DEFAULT_REACTORS = 16;

    private static final Map<TransportType, TransportFactory> TRANSPORTS =
            Map.of(TransportType.TCP, TcpTransport.factory(), TransportType.RDMA, RdmaTransport.factory());

    private final List<EpollReactor> reactors;
    private final Target target;

    private DataPlane(List<EpollReactor> reactors, Target target) {
        this.reactors = reactors;
        this.target = target;
    }

    /**
     * Starts its threads.
     *
     * @param cpus one reactor on each; null for a number that suits the machine
     * @param store keeps what hosts set on namespaces
     * @param disks remembers what files and block devices were
     * @param onFatal is told of a reactor that died
     */
    static DataPlane start(
            @Nullable CpuList cpus,
            RandomGenerator random,
            NamespaceStore store,
            DiskMemory disks,
            BiConsumer<Reactor, Throwable> onFatal) {
        List<EpollReactor> all = new ArrayList<>();
        try {
            for (ReactorOptions options :
                    reactorOptions(cpus, Runtime.getRuntime().availableProcessors(), onFatal)) {
                all.add(EpollReactor.start(options));
            }
            List<EpollReactor> data = List.copyOf(all);
            EpollReactor acceptor = EpollReactor.start(ReactorOptions.of("acceptor", onFatal));
            all.add(acceptor);
            int range = SubsystemSpec.MAX_CNTLID - SubsystemSpec.MIN_CNTLID + 1;
            return new DataPlane(all, new Target(data, acceptor, TRANSPORTS, random.nextInt(range), store, disks));
        } catch (IllegalStateException e) {
            all.forEach(EpollReactor::close);
            throw new CommandFailure(String.valueOf(e.getMessage()));
        }
    }

    /** One for each reactor. */
    static List<ReactorOptions> reactorOptions(
            @Nullable CpuList cpus, int availableCpus, BiConsumer<Reactor, Throwable> onFatal) {
        int count = cpus == null ? defaultReactors(availableCpus) : cpus.cpus().size();
        long maxSpinNs = maxSpinNs(count, availableCpus);
        List<ReactorOptions> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add((cpus == null
                            ? ReactorOptions.of("reactor-" + i, onFatal)
                            : ReactorOptions.of("reactor-cpu" + cpus.cpus().get(i), onFatal)
                                    .withCpu(cpus.cpus().get(i)))
                    .withMaxSpinNs(maxSpinNs));
        }
        return all;
    }

    /** A reactor that looks for work keeps a CPU to itself: it may for long only where one is left for the others. */
    static long maxSpinNs(int reactors, int availableCpus) {
        return reactors < availableCpus ? ReactorOptions.MOST_SPIN_NS : ReactorOptions.LEAST_SPIN_NS;
    }

    /** Half the CPUs: the other half is for the kernel's network stack and for everybody else. */
    static int defaultReactors(int cpus) {
        return Math.clamp(cpus / 2, 1, MAX_DEFAULT_REACTORS);
    }

    Target target() {
        return target;
    }

    /** Those that serve queues, and the acceptor. */
    List<EpollReactor> reactors() {
        return List.copyOf(reactors);
    }

    /** Disconnects every host after what it has in flight, and ends the threads. */
    void stop(Duration timeout) {
        target.stop(timeout);
        reactors.forEach(EpollReactor::close);
    }
}
