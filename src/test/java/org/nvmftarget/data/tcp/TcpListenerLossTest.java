package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.ReactorOptions;
import org.nvmftarget.data.target.FakeQueuePairs;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

@Timeout(30)
class TcpListenerLossTest {

    private final EpollReactor acceptor =
            EpollReactor.start(ReactorOptions.of("acceptor", (reactor, thrown) -> thrown.printStackTrace()));
    private final Set<TransportAddress> gone = Collections.synchronizedSet(new HashSet<>());
    private final List<TransportAddress> lost = new ArrayList<>();
    private final AtomicInteger events = new AtomicInteger();
    private final TransportAddress address = TargetRig.newAddress();
    private final TransportAddress wildcard =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "0.0.0.0", TcpRig.freePort());
    private final TcpTransport transport = new TcpTransport(
            TransportOptions.tcp(),
            new TransportFactory.Context(List.of(acceptor), acceptor, new FakeQueuePairs(4096, Arena.ofAuto())),
            Timeouts.DEFAULTS,
            PoolSizes.DEFAULTS,
            candidate -> !gone.contains(candidate));

    @BeforeEach
    void listen() {
        transport.onListenerLost(lost::add);
        transport.onOutsideEvent(events::incrementAndGet);
        assertEquals(StepResult.DONE, transport.listen(address));
        assertEquals(StepResult.DONE, transport.listen(wildcard));
    }

    @AfterEach
    void close() {
        transport.close();
        acceptor.close();
    }

    private void newsFromOutside() throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        acceptor.execute(() -> {
            transport.outsideChanged();
            done.complete(true);
        });
        done.get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldKeepAListenerWhoseAddressIsHere() throws Exception {
        newsFromOutside();

        assertTrue(transport.isListening(address));
        assertEquals(List.of(), lost);
        assertTrue(events.get() > 0, "the event is handed on");
    }

    @Test
    void shouldCloseAListenerWhoseAddressHasGone() throws Exception {
        gone.add(address);
        newsFromOutside();

        assertFalse(transport.isListening(address));
        assertEquals(List.of(address), lost);
        assertEquals(Optional.empty(), transport.probe(address), "nothing of ours is in the way of the next");
    }

    @Test
    void shouldKeepAWildcardWhateverAddressesThereAre() throws Exception {
        gone.add(wildcard);
        newsFromOutside();

        assertTrue(transport.isListening(wildcard));
        assertEquals(List.of(), lost);
    }

    @Test
    void shouldListenAgainWhenTheAddressHasReturned() throws Exception {
        gone.add(address);
        newsFromOutside();
        gone.clear();

        assertEquals(StepResult.DONE, transport.listen(address));
        newsFromOutside();

        assertTrue(transport.isListening(address));
    }
}
