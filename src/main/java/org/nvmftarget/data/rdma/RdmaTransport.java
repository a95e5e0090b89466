package org.nvmftarget.data.rdma;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.Rdma;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.target.Transport;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * NVMe/RDMA. Called from the control thread, one call at a time; the acceptor does the work. The libraries are loaded
 * when the transport is made, and the kernel is asked for RDMA when an address is first looked at: a machine may get
 * its device later.
 */
public final class RdmaTransport implements Transport {

    private static final long DRAIN_TIMEOUT_MS = 2000;
    private static final long END_TIMEOUT_MS = 3000;
    private static final Logger log = LoggerFactory.getLogger(RdmaTransport.class);

    private final Rdma rdma;
    private final TransportFactory.Context context;
    private final DeviceAddresses devices;
    private final Surroundings surroundings;
    private final Means means;
    private final Reaper reaper;
    private final CopyOnWriteArrayList<Runnable> outsideEvents = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<Consumer<TransportAddress>> losses = new CopyOnWriteArrayList<>();
    private volatile TransportOptions.Rdma options;

    /** The acceptor's, once the kernel has RDMA. */
    private @Nullable CmAcceptor acceptor;

    RdmaTransport(
            Rdma rdma,
            TransportOptions.Rdma options,
            TransportFactory.Context context,
            DeviceAddresses devices,
            Surroundings surroundings,
            Means means) {
        this.rdma = rdma;
        this.options = options;
        this.context = context;
        this.devices = devices;
        this.surroundings = surroundings;
        this.means = means;
        reaper = means.reaper();
    }

    /** Makes the transport, or says which packages bring the libraries that it needs. */
    public static TransportFactory factory() {
        return (options, context) -> switch (Rdma.load()) {
            case Rdma.Loaded.Missing missing ->
                new TransportFactory.Created.Refused(new StepResult.Waiting("ENOENT", missing.message()));
            case Rdma.Loaded.Ready ready ->
                new TransportFactory.Created.Ready(new RdmaTransport(
                        ready.rdma(),
                        (TransportOptions.Rdma) options,
                        context,
                        new DeviceAddresses(),
                        Surroundings.ofThisMachine(),
                        new Means(
                                new Statistics(), new Reaper(), PoolSizes.TOTAL_BYTES, MachineMemory::availableBytes)));
        };
    }

    @Override
    public TransportOptions options() {
        return options;
    }

    @Override
    public StepResult setOptions(TransportOptions replacement) {
        TransportOptions.Rdma next = (TransportOptions.Rdma) replacement;
        return onAcceptor(() -> {
            try {
                if (acceptor != null) {
                    acceptor.setOptions(next);
                }
                options = next;
                return StepResult.DONE;
            } catch (UnfitException e) {
                return new StepResult.Failed(e.text());
            }
        });
    }

    @Override
    public Optional<StepResult.Waiting> probe(TransportAddress address) {
        StepResult result = onAcceptor(() -> attempt(address, cm -> Messages.portDown(cm.probe(address))));
        return result instanceof StepResult.Waiting waiting ? Optional.of(waiting) : Optional.empty();
    }

    @Override
    public StepResult listen(TransportAddress address) {
        return onAcceptor(() -> attempt(address, cm -> {
            cm.listen(address);
            return StepResult.DONE;
        }));
    }

    private interface Attempt {
        StepResult at(CmAcceptor cm) throws VerbsException, UnfitException;
    }

    private StepResult attempt(TransportAddress address, Attempt attempt) {
        try {
            return attempt.at(open());
        } catch (VerbsException e) {
            return Messages.listener(e, address, devices);
        } catch (UnfitException e) {
            return new StepResult.Failed(e.text());
        }
    }

    private CmAcceptor open() throws VerbsException {
        if (acceptor == null) {
            acceptor = new CmAcceptor(
                    context,
                    options,
                    means,
                    new CmAcceptor.Outside(rdma, surroundings, devices, this::outsideEvent, this::listenerLost));
        }
        return acceptor;
    }

    @Override
    public void unlisten(TransportAddress address) {
        onAcceptor(() -> {
            if (acceptor != null) {
                acceptor.unlisten(address);
            }
            return StepResult.DONE;
        });
    }

    @Override
    public boolean isListening(TransportAddress address) {
        return onAcceptor(() -> acceptor != null && acceptor.isListening(address));
    }

    @Override
    public void onListenerLost(Consumer<TransportAddress> onLost) {
        losses.add(onLost);
    }

    private void listenerLost(TransportAddress address) {
        losses.forEach(loss -> loss.accept(address));
    }

    @Override
    public LiveState.TransportStats stats(Reactor reactor) {
        return means.statistics().live(reactor);
    }

    @Override
    public void onOutsideEvent(Runnable onEvent) {
        outsideEvents.add(onEvent);
    }

    private void outsideEvent() {
        outsideEvents.forEach(Runnable::run);
    }

    @Override
    public void close() {
        CompletableFuture<CompletableFuture<Boolean>> begun = new CompletableFuture<>();
        context.acceptor()
                .execute(() -> begun.complete(
                        acceptor == null ? CompletableFuture.completedFuture(true) : acceptor.beginClose()));
        CompletableFuture<Boolean> ended = reaper.waiting().join(begun);
        if (!reaper.waiting().within(ended, DRAIN_TIMEOUT_MS)) {
            onAcceptor(() -> {
                if (acceptor != null) {
                    acceptor.hurry();
                }
                return StepResult.DONE;
            });
            if (!reaper.waiting().within(ended, END_TIMEOUT_MS)) {
                log.warn("RDMA connections are still there; the process ends without them");
                return;
            }
        }
        reaper.close();
        onAcceptor(() -> {
            if (acceptor != null) {
                acceptor.closeChannel();
            }
            return StepResult.DONE;
        });
    }

    private <T> T onAcceptor(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        context.acceptor().execute(() -> {
            try {
                result.complete(work.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return reaper.waiting().join(result);
    }
}
