package org.nvmftarget.data.rdma;

import java.util.HashSet;
import java.util.Set;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportAddress;

/** A machine whose addresses come and go as the test says; every address is here at first. */
final class SimSurroundings implements Surroundings {

    final Set<TransportAddress> gone = new HashSet<>();

    /** Whether someone listens to the news. */
    boolean isWatched;

    private Runnable onChange = () -> {};

    @Override
    public boolean isHere(TransportAddress address) {
        return !gone.contains(address);
    }

    @Override
    public Watch watch(Reactor acceptor, Runnable onNews) {
        isWatched = true;
        onChange = () -> acceptor.execute(onNews);
        return () -> {
            isWatched = false;
            onChange = () -> {};
        };
    }

    /** Something has changed. */
    void news() {
        onChange.run();
    }
}
