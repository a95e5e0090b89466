package org.nvmftarget.data.bdev;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.reactor.Reactor;

/**
 * Calls that block, on threads of a pool, where the system does not let us have io_uring. Unlike the ring it costs two
 * messages between threads for each call, and some bytes of the heap.
 */
final class ThreadEngine implements DiskEngine {

    private static final int THREADS = 32;
    private static final long KEEP_ALIVE_S = 10;

    private final Reactor reactor;
    private final Executor pool;

    ThreadEngine(Reactor reactor, Executor pool) {
        this.reactor = reactor;
        this.pool = pool;
    }

    /** For all reactors together. */
    static ThreadPoolExecutor pool() {
        ThreadPoolExecutor made = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                KEEP_ALIVE_S,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("disk-", 0).daemon(true).factory());
        made.allowCoreThreadTimeOut(true);
        return made;
    }

    @Override
    public void start(DiskCall call) {
        pool.execute(() -> {
            call.result(carryOut(call));
            reactor.execute(call.deliver);
        });
    }

    private static int carryOut(DiskCall call) {
        int fd = call.disk().fd();
        return (int)
                switch (call.kind()) {
                    case READ -> DiskFiles.pread(fd, call.address(), call.lengthBytes(), call.offset());
                    case WRITE -> DiskFiles.pwrite(fd, call.address(), call.lengthBytes(), call.offset());
                    case WRITE_STABLE -> writeStable(fd, call);
                    case DATASYNC -> DiskFiles.fdatasync(fd);
                    case FALLOCATE -> DiskFiles.fallocate(fd, call.mode(), call.offset(), call.lengthBytes());
                    case COMPARE, VERIFY, DEALLOCATE -> throw call.onNoDrive();
                };
    }

    private static long writeStable(int fd, DiskCall call) {
        long written = DiskFiles.pwrite(fd, call.address(), call.lengthBytes(), call.offset());
        int synced = written < 0 ? 0 : DiskFiles.fdatasync(fd);
        return synced < 0 ? synced : written;
    }

    @Override
    public int poll() {
        return 0;
    }

    @Override
    public boolean arm() {
        return true; // results are messages
    }

    @Override
    public String refusesCommands() {
        return "io_uring is not to be had";
    }

    @Override
    public void attach(OpenDisk disk) {
        // A descriptor is all that its calls need.
    }

    @Override
    public void detach(OpenDisk disk) {
        // As above.
    }

    @Override
    public void close() {
        // The pool's threads end by themselves.
    }
}
