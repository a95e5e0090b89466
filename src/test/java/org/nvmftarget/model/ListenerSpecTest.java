package org.nvmftarget.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ListenerSpecTest {

    private static final TransportAddress ADDRESS =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.1", 4420);

    private static ListenerSpec spec(AnaState usual, Map<Integer, AnaState> exceptions) {
        return new ListenerSpec(ADDRESS, usual, new TreeMap<>(exceptions));
    }

    @Test
    void aGroupThatIsNotNamedHasTheUsualState() {
        ListenerSpec listener = spec(AnaState.NON_OPTIMIZED, Map.of(7, AnaState.CHANGE));

        assertEquals(AnaState.NON_OPTIMIZED, listener.anaState(1));
        assertEquals(AnaState.CHANGE, listener.anaState(7));
        assertEquals(AnaState.NON_OPTIMIZED, listener.anaState(128));
    }

    @Test
    void anExceptionThatIsNoneIsLeftOut() {
        assertEquals(ListenerSpec.of(ADDRESS), spec(AnaState.OPTIMIZED, Map.of(3, AnaState.OPTIMIZED)));
    }

    @Test
    void twoThatSayTheSameOfEveryGroupAreEqual() {
        TreeMap<Integer, AnaState> all = new TreeMap<>();
        for (int group = 1; group <= NamespaceSpec.MAX_ANA_GROUP; group++) {
            all.put(group, AnaState.INACCESSIBLE);
        }
        assertEquals(ListenerSpec.of(ADDRESS, AnaState.INACCESSIBLE), spec(AnaState.OPTIMIZED, all));

        all.put(5, AnaState.OPTIMIZED);
        assertEquals(spec(AnaState.INACCESSIBLE, Map.of(5, AnaState.OPTIMIZED)), spec(AnaState.CHANGE, all));
    }

    @Test
    void aGroupThatThereIsNotIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> spec(AnaState.OPTIMIZED, Map.of(0, AnaState.CHANGE)));
        assertThrows(IllegalArgumentException.class, () -> spec(AnaState.OPTIMIZED, Map.of(129, AnaState.CHANGE)));
    }
}
