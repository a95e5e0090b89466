package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.model.Nqn;

class HostStaysTest {

    private static final Nqn HOST = new Nqn("nqn.2026-11.org.example:host-a");
    private static final Nqn OTHER = new Nqn("nqn.2026-11.org.example:host-b");
    private static final HostId ID = new HostId(1, 2);
    private static final boolean LOST = true;
    private static final boolean SHUT_DOWN = false;

    private final HostStays stays = new HostStays();

    private HostStays.Stay begin(long losses, long nowNs) {
        return stays.begin(HOST, ID, losses, nowNs);
    }

    @Test
    void shouldBeHereSinceTheFirstOfItsControllers() {
        HostStays.Stay first = begin(3, 0);
        HostStays.Stay second = begin(5, 0);
        assertEquals(3, second.arrival());
        stays.end(first, SHUT_DOWN, 0);
        assertEquals(3, begin(6, 0).arrival());
    }

    @Test
    void shouldComeAnewAfterItShutDownTheLast() {
        HostStays.Stay first = begin(3, 0);
        HostStays.Stay second = begin(3, 0);
        stays.end(first, LOST, 0);
        stays.end(second, SHUT_DOWN, 0);
        assertEquals(5, begin(5, 0).arrival());
    }

    @Test
    void shouldBeHereAllTheWhileItReconnects() {
        stays.end(begin(3, 0), LOST, 100);
        HostStays.Stay back = begin(5, 99 + ControllerIds.QUARANTINE_NS);
        assertEquals(3, back.arrival());
        stays.end(back, LOST, 2 * ControllerIds.QUARANTINE_NS);
        assertEquals(3, begin(5, 3 * ControllerIds.QUARANTINE_NS - 1).arrival());
    }

    @Test
    void shouldComeAnewWhenItWasAwayForTooLong() {
        stays.end(begin(3, 0), LOST, 100);
        assertEquals(5, begin(5, 100 + ControllerIds.QUARANTINE_NS).arrival());
    }

    @Test
    void shouldForgetTheOneThatLeftFirstWhenTooManyAreOnTheirWayBack() {
        for (int i = 0; i <= HostStays.MOST_AWAY; i++) {
            stays.end(stays.begin(HOST, new HostId(0, i), 3, 0), LOST, 0);
        }
        assertEquals(5, stays.begin(HOST, new HostId(0, 0), 5, 0).arrival());
        assertEquals(3, stays.begin(HOST, new HostId(0, 1), 5, 0).arrival());
    }

    @Test
    void shouldBeAnotherHostByAnotherNameOrId() {
        begin(3, 0);
        assertEquals(5, stays.begin(OTHER, ID, 5, 0).arrival());
        assertEquals(6, stays.begin(HOST, new HostId(1, 3), 6, 0).arrival());
    }
}
