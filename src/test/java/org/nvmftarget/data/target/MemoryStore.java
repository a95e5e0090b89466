package org.nvmftarget.data.target;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.nvmftarget.data.reservation.NamespaceState;

/** Keeps what it is given over the end of a target, unless it is told to fail. */
final class MemoryStore implements NamespaceStore {

    final Map<NamespaceIdentity, NamespaceState> kept = new HashMap<>();
    boolean fails;
    int saves;

    @Override
    public NamespaceState load(NamespaceIdentity identity) {
        return kept.getOrDefault(identity, NamespaceState.INITIAL);
    }

    @Override
    public void save(NamespaceIdentity identity, NamespaceState state) throws IOException {
        saves++;
        if (fails) {
            throw new IOException("no space left");
        }
        kept.put(identity, state);
    }

    @Override
    public boolean isDurable() {
        return true;
    }
}
