package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.DiscoveryEntry;
import org.nvmftarget.model.Nqn;

class DiscoveryViewsTest {

    private final List<DiscoveryView.Listed> entries = new ArrayList<>();
    private final DiscoveryViews views = new DiscoveryViews(2, key -> List.copyOf(entries));

    private DiscoveryView view(String host) {
        return views.of(new DiscoveryView.Key(
                new Nqn("nqn.2026-11.org.example:" + host), TestTarget.ADDRESS, TestTarget.ADDRESS));
    }

    private void addEntry(int port) {
        entries.add(new DiscoveryView.Listed(
                new DiscoveryEntry(3, 1, 2, 4, port, 128, 0, 4420, "nqn.x", "10.0.0.1"), false));
    }

    @Test
    void aViewIsKnownAgain() {
        DiscoveryView a = view("a");
        addEntry(1);
        assertEquals(1, a.refresh());
        assertEquals(1, view("a").refresh());
    }

    @Test
    void theFirstGenerationIsNought() {
        assertEquals(0, view("a").refresh());
        assertEquals(0, view("a").log(false, false).generation());
    }

    @Test
    void aViewThatWasForgottenComesBackWithAGenerationThatNobodyKnows() {
        DiscoveryView a = view("a");
        addEntry(1);
        long known = a.refresh();
        view("b").refresh();
        view("c").refresh(); // and a is forgotten
        addEntry(2);
        assertTrue(view("a").refresh() > known);
    }

    @Test
    void oneWhoIsOftenHereIsNotForgotten() {
        DiscoveryView a = view("a");
        view("b");
        view("a");
        view("c"); // b goes
        assertEquals(a, view("a"));
    }
}
