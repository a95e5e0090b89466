package org.nvmftarget.data.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReactorLoadsTest {

    private final List<EpollReactor> reactors = List.of(start("a"), start("b"));
    private final ReactorLoads loads = new ReactorLoads(List.copyOf(reactors));

    private static EpollReactor start(String name) {
        return EpollReactor.start(ReactorOptions.of(name, (reactor, thrown) -> thrown.printStackTrace()));
    }

    @AfterEach
    void close() {
        reactors.forEach(EpollReactor::close);
    }

    @Test
    void shouldNameTheFirstOfEquals() {
        assertSame(reactors.get(0), loads.least());
    }

    @Test
    void shouldNameTheLeastLoadedByWeightAndNotByCount() {
        loads.take(reactors.get(0), 1);
        loads.take(reactors.get(0), 1);
        loads.take(reactors.get(1), 128);

        assertSame(reactors.get(0), loads.least());
    }

    @Test
    void shouldWeighAQueueAnew() {
        ReactorLoads.Share share = loads.take(reactors.get(0), 1);
        share.weigh(128);

        assertEquals(128, loads.of(reactors.get(0)));
        assertSame(reactors.get(1), loads.least());
    }

    @Test
    void shouldForgetAQueueOnce() {
        ReactorLoads.Share share = loads.take(reactors.get(0), 16);
        share.giveBack();
        share.giveBack();

        assertEquals(0, loads.of(reactors.get(0)));
    }

    @Test
    void shouldRefuseAReactorThatItDoesNotKnow() {
        try (EpollReactor stranger = start("c")) {
            assertThrows(IllegalArgumentException.class, () -> loads.of(stranger));
        }
    }
}
