package org.nvmftarget.initiator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A host with two controllers of one subsystem, that does what native multipath does: I/O goes along a path whose ANA
 * log says that it may; a path-related error sends it to the log again, and then to the other path. Each worker writes
 * blocks of its own and remembers what it was told is written.
 */
public final class TwoPaths implements AutoCloseable {

    private static final int BLOCK = 512;
    private static final int BLOCKS_OF_A_WORKER = 64;
    private static final int ANA_LOG = 0x0C;
    private static final int STATE_OF_THE_FIRST_GROUP = 32;

    private final Host[] hosts;
    private final List<List<HostQueue>> queues = new ArrayList<>();
    private final AtomicLongArray done = new AtomicLongArray(2);
    private final int nsid;
    private final int workers;
    /** What each worker's blocks were last filled with. */
    private final byte[][] written;

    /** @param workers each with a queue of its own on both paths */
    public TwoPaths(Host first, Host second, int nsid, int workers) throws IOException {
        hosts = new Host[] {first, second};
        this.nsid = nsid;
        this.workers = workers;
        written = new byte[workers][BLOCKS_OF_A_WORKER];
        for (Host host : hosts) {
            queues.add(host.connectIoQueues(workers));
        }
    }

    /** I/O that has succeeded on a path, 0 or 1. */
    public long done(int path) {
        return done.get(path);
    }

    /** Each worker reads and writes until it is stopped; completes exceptionally if something is lost. */
    public List<CompletableFuture<Void>> start(AtomicBoolean stop) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            int worker = i;
            CompletableFuture<Void> end = new CompletableFuture<>();
            Thread.ofPlatform().daemon(true).name("two-paths-" + i).start(() -> {
                try {
                    work(worker, stop);
                    end.complete(null);
                } catch (RuntimeException | Error broken) {
                    end.completeExceptionally(broken);
                }
            });
            running.add(end);
        }
        return running;
    }

    private void work(int worker, AtomicBoolean stop) {
        for (int n = 0; !stop.get(); n++) {
            int block = n % BLOCKS_OF_A_WORKER;
            byte value = (byte) (n / BLOCKS_OF_A_WORKER + worker);
            check(worker, block);
            write(worker, block, value);
            written[worker][block] = value;
        }
    }

    /** Reads everything once more. */
    public void verify() {
        for (int worker = 0; worker < workers; worker++) {
            for (int block = 0; block < BLOCKS_OF_A_WORKER; block++) {
                check(worker, block);
            }
        }
    }

    private void check(int worker, int block) {
        Completion read =
                onSomePath(worker, queue -> queue.submitRead(Commands.read(nsid, lba(worker, block), 1), BLOCK));
        byte[] expected = new byte[BLOCK];
        Arrays.fill(expected, written[worker][block]);
        if (!Arrays.equals(expected, read.data())) {
            throw new AssertionError("block " + lba(worker, block) + " is not what was written last");
        }
    }

    private void write(int worker, int block, byte value) {
        byte[] data = new byte[BLOCK];
        Arrays.fill(data, value);
        onSomePath(worker, queue -> queue.submitInCapsule(Commands.write(nsid, lba(worker, block), 1), data));
    }

    private static long lba(int worker, int block) {
        return (long) worker * BLOCKS_OF_A_WORKER + block;
    }

    /** One I/O command. */
    private interface Io {
        CompletableFuture<Completion> submit(HostQueue queue);
    }

    private Completion onSomePath(int worker, Io io) {
        for (int tries = 0; tries < 10_000; tries++) {
            int path = tries % 2;
            if (isUsable(path)) {
                Completion completion =
                        HostQueue.await(io.submit(queues.get(path).get(worker)));
                if (completion.succeeded()) {
                    done.incrementAndGet(path);
                    return completion;
                }
                if (completion.status() >>> 8 != 3 || completion.dnr()) {
                    throw new AssertionError("status 0x" + Integer.toHexString(completion.status()));
                }
            }
        }
        throw new AssertionError("no path for a very long time");
    }

    private boolean isUsable(int path) {
        ByteBuffer log = hosts[path].logPage(ANA_LOG, 0, 64);
        return log.get(STATE_OF_THE_FIRST_GROUP) <= 2;
    }

    @Override
    public void close() throws IOException {
        for (Host host : hosts) {
            host.close();
        }
    }
}
