package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.ffi.uring.UringException;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorOptions;

/** A reactor with one engine of io_uring, where this machine lets us have one. */
final class EngineRig<E extends RingEngine> {

    final EpollReactor reactor;
    final E engine;
    private final AtomicReference<@Nullable Throwable> fatal;
    private final Reactor.Poller poller;

    interface Opener<E> {
        E open(Reactor reactor) throws UringException;
    }

    private EngineRig(EpollReactor reactor, E engine, AtomicReference<@Nullable Throwable> fatal) {
        this.reactor = reactor;
        this.engine = engine;
        this.fatal = fatal;
        poller = new Reactor.Poller() {
            @Override
            public int poll() {
                return engine.poll();
            }

            @Override
            public boolean arm() {
                return engine.arm();
            }
        };
        reactor.execute(() -> reactor.addPoller(poller));
    }

    static <E extends RingEngine> EngineRig<E> open(Opener<E> opener) throws Exception {
        AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
        EpollReactor reactor = EpollReactor.start(ReactorOptions.of("engine", (_, thrown) -> fatal.set(thrown)));
        try {
            return new EngineRig<>(reactor, on(reactor, () -> opener.open(reactor)), fatal);
        } catch (ExecutionException failed) {
            reactor.close();
            boolean forbidden = failed.getCause() instanceof UringException refused
                    && (Ring.isForbidden(refused.errno()) || refused.errno() == Errno.EINVAL);
            assumeTrue(!forbidden, failed.toString());
            throw failed;
        }
    }

    /** What {@code task} returns, on the reactor. */
    <T> T on(Callable<T> task) throws Exception {
        return on(reactor, task);
    }

    private static <T> T on(EpollReactor reactor, Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        reactor.execute(future);
        return future.get(30, TimeUnit.SECONDS);
    }

    void close() throws Exception {
        on(() -> {
            reactor.removePoller(poller);
            engine.close();
            return 0;
        });
        reactor.close();
        assertNull(fatal.get());
    }
}
