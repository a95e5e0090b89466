package org.nvmftarget.data.bdev;

import java.util.Collection;
import org.nvmftarget.data.reactor.Reactor;

/** Tells when files and block devices should be looked at, as far as the system tells us. */
public final class DiskNews implements AutoCloseable {

    private final PathWatch paths;
    private final DeviceWatch devices;

    /**
     * @param reactor hears what the kernel says of devices
     * @param onNews is called on any thread; it does not block
     */
    public DiskNews(Reactor reactor, Runnable onNews) {
        paths = new PathWatch(onNews);
        devices = new DeviceWatch(reactor, onNews);
    }

    /** What is told of from now on, beside all block devices; for one thread. Look at them after this, not before. */
    public void follow(Collection<String> of) {
        paths.follow(of);
    }

    @Override
    public void close() {
        paths.close();
        devices.close();
    }
}
