package org.nvmftarget.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.metrics.MetricsServer;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.reconcile.ControlPlane;
import org.nvmftarget.control.render.PlanText;
import org.nvmftarget.control.render.ProblemText;
import org.nvmftarget.control.rpc.RpcServer;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.store.FileDiskMemory;
import org.nvmftarget.data.store.FileNamespaceStore;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon: both wings, the RPC server and the signals, from start to stop. */
final class Daemon {

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** What hosts set on namespaces, in the state folder. */
    private static final String NAMESPACES = "namespaces";

    private static final String DISKS = "disks";

    /** Hosts' work in flight may take so long. */
    private static final Duration DRAIN = Duration.ofSeconds(3);

    /** After so long, a stop that does not come to an end is cut short. */
    private static final Duration STOP = Duration.ofMillis(4500);

    private final Settings settings;
    private final PrintWriter err;
    private final Announcer announcer;
    private final ServiceManager manager =
            ServiceManager.of(System.getenv(), ProcessHandle.current().pid());
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile DesiredState.Rpc access = DesiredState.Rpc.DEFAULTS;
    private volatile @Nullable RpcServer server;
    private volatile boolean stopping;

    Daemon(Settings settings, PrintWriter out, PrintWriter err) {
        this.settings = settings;
        this.err = err;
        this.announcer = new Announcer(out);
    }

    /**
     * What the command line says.
     *
     * @param specFile absolute
     */
    record Settings(
            Path specFile,
            Path rpcSocket,
            Path stateDir,
            Optional<Path> spdkLink,
            @Nullable CpuList cpus,
            @Nullable InetSocketAddress metrics) {}

    /** Serves until a signal; returns the exit status. */
    int run() throws InterruptedException {
        Signals.on("TERM", stop::countDown);
        Signals.on("INT", stop::countDown);
        RandomGenerator random = RandomGenerator.getDefault();
        FileNamespaceStore namespaces =
                new FileNamespaceStore(settings.stateDir().resolve(NAMESPACES));
        FileDiskMemory disks = new FileDiskMemory(settings.stateDir().resolve(DISKS));
        DataPlane data = DataPlane.start(settings.cpus(), random, namespaces, disks, this::reactorDied);
        announcer.target(data.target());
        Pulse pulse = new Pulse(data.target());
        ControlPlane.Start start = ControlPlane.start(new ControlPlane.Setup(
                settings.specFile(),
                settings.stateDir(),
                pulse,
                InstantSource.system(),
                System::nanoTime,
                random,
                this::applied,
                this::settled));
        int exitCode = switch (start) {
            case ControlPlane.Start.Started(ControlPlane plane) -> {
                data.reactors().forEach(reactor -> manager.watch(reactor.name(), reactor::execute, () -> false));
                manager.watch("control", plane::ping, pulse::isInStep);
                yield serve(plane);
            }
            case ControlPlane.Start.Invalid(List<Problem> problems) -> {
                err.print(ProblemText.render(problems));
                yield failed(
                        "it does not start: there is no accepted spec, and " + settings.specFile() + " is not valid");
            }
            case ControlPlane.Start.Failed(String message) -> failed(message);
        };
        stopping = true;
        data.stop(DRAIN);
        manager.close();
        LOG.info("stopped");
        return exitCode;
    }

    private int serve(ControlPlane plane) throws InterruptedException {
        try (plane;
                RpcServer rpc = startRpc(plane);
                Closeable _ = startMetrics(plane)) {
            server = rpc;
            rpc.access(access);
            if (!Signals.on("HUP", () -> reload(plane))) {
                LOG.warn("SIGHUP was ignored when this process began (nohup does that), and stays so: the file is"
                        + " watched, but no reload can be asked for");
            }
            announcer.places(settings);
            manager.serving(plane::status);
            stop.await();
            LOG.info("stopping");
            manager.stopping();
            cutShortAfter(STOP);
            stopping = true;
            return ExitCode.OK;
        } catch (IOException e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    private void reload(ControlPlane plane) {
        manager.reloading();
        plane.recheck(manager::reloaded);
    }

    /** On the control thread. */
    private void applied(Plan plan) {
        announcer.applied(plan);
        manager.passed(PlanText.summary(plan));
    }

    private RpcServer startRpc(ControlPlane plane) throws IOException {
        return RpcServer.start(
                new RpcServer.Settings(
                        settings.rpcSocket(),
                        settings.spdkLink(),
                        access,
                        Flock::tryLock,
                        Background.threads("rpc"),
                        NvmfTarget.version()),
                new RpcServer.Views(plane, plane.preview(), new OwnSpec(settings.specFile()), Logging.view()));
    }

    private Closeable startMetrics(ControlPlane plane) throws IOException {
        InetSocketAddress address = settings.metrics();
        if (address == null) {
            return () -> {};
        }
        MetricsServer metrics = MetricsServer.start(address, NvmfTarget.version(), plane);
        LOG.info("metrics at http://{}:{}/metrics", address.getHostString(), metrics.port());
        return metrics::close;
    }

    /** A new accepted spec may show more or less in the log, and give the socket another group or mode. */
    private void settled(DesiredState accepted) {
        Logging.show(accepted.log());
        access = accepted.rpc();
        RpcServer running = server;
        if (running != null) {
            try {
                running.access(access);
            } catch (IOException e) {
                LOG.error("the socket {} keeps its group and mode: {}", settings.rpcSocket(), e.getMessage());
            }
        }
    }

    private int failed(String message) {
        err.println("nvmf-target: " + message);
        err.flush();
        return ExitCode.ERROR;
    }

    /** A reactor that died leaves hosts hanging: they find their way back sooner if the process ends. */
    private void reactorDied(Reactor reactor, Throwable cause) {
        LOG.error("{} died", reactor.name(), cause);
        if (!stopping) {
            err.println("nvmf-target: " + reactor.name() + " died of " + cause + ": the process halts");
            err.flush();
            Runtime.getRuntime().halt(ExitCode.BROKEN);
        }
    }

    private void cutShortAfter(Duration limit) {
        Thread.ofPlatform().daemon(true).name("stop-limit").start(() -> {
            try {
                Thread.sleep(limit);
            } catch (InterruptedException e) {
                return;
            }
            err.println("nvmf-target: the stop takes longer than " + limit.toMillis() + " ms: cut short");
            err.flush();
            Runtime.getRuntime().halt(ExitCode.ERROR);
        });
    }
}
