package org.nvmftarget.data.target;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;

/** A transport whose connections are made by the test. */
final class TestTransport implements Transport {

    private final TransportFactory.Context context;
    private TransportOptions options;
    final Set<TransportAddress> listening = new LinkedHashSet<>();
    final List<TestQueue> queues = new ArrayList<>();
    Optional<StepResult.Waiting> missing = Optional.empty();
    boolean closed;
    private Runnable onEvent = () -> {};
    private Consumer<TransportAddress> onLost = address -> {};

    TestTransport(TransportOptions options, TransportFactory.Context context) {
        this.options = options;
        this.context = context;
    }

    TestQueue accept(TransportAddress listener, TransportAddress local, Reactor reactor) {
        TestQueue queue = new TestQueue(listener, local, options, reactor, context.queuePairs());
        queues.add(queue);
        return queue;
    }

    void outsideEvent() {
        onEvent.run();
    }

    @Override
    public TransportOptions options() {
        return options;
    }

    @Override
    public StepResult setOptions(TransportOptions wanted) {
        options = wanted;
        return StepResult.DONE;
    }

    @Override
    public Optional<StepResult.Waiting> probe(TransportAddress address) {
        return missing;
    }

    @Override
    public StepResult listen(TransportAddress address) {
        if (missing.isPresent()) {
            return missing.get();
        }
        listening.add(address);
        return StepResult.DONE;
    }

    @Override
    public void unlisten(TransportAddress address) {
        listening.remove(address);
    }

    @Override
    public boolean isListening(TransportAddress address) {
        return listening.contains(address);
    }

    @Override
    public LiveState.TransportStats stats(Reactor reactor) {
        return new LiveState.TransportStats(options.trtype(), 4096, 0, List.of());
    }

    @Override
    public void onOutsideEvent(Runnable event) {
        onEvent = event;
    }

    @Override
    public void onListenerLost(Consumer<TransportAddress> listener) {
        onLost = listener;
    }

    /** The device or the address of a listener has gone. */
    void lose(TransportAddress address) {
        listening.remove(address);
        tellLoss(address);
    }

    void tellLoss(TransportAddress address) {
        onLost.accept(address);
    }

    @Override
    public void close() {
        listening.clear();
        queues.forEach(TestQueue::drop);
        closed = true;
    }
}
