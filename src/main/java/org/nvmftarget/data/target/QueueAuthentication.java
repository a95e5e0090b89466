package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.auth.DhchapSession;
import org.nvmftarget.data.auth.DhchapSession.State;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.LiveState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authentication of one queue, on its reactor. The session computes on a helper thread, one message at a time;
 * meanwhile nobody else touches it.
 */
final class QueueAuthentication {
    private static final Logger LOG = LoggerFactory.getLogger(QueueAuthentication.class);
    private static final long NS_PER_MS = 1_000_000;
    /** For a host that has no keep-alive timeout (section 8.13.3.2). */
    private static final long DEFAULT_TIMEOUT_MS = 120_000;

    private final CorePair pair;
    private final DhchapSession session;
    private final Computations computations;
    private boolean busy;
    private boolean passed;
    private Reactor.@Nullable Timer timer;
    private volatile LiveState.QueueAuth seen;

    /** Begins when the queue is connected: from now on the host has its time. */
    QueueAuthentication(CorePair pair, DhchapSession session, Computations computations) {
        this.pair = pair;
        this.session = session;
        this.computations = computations;
        seen = facts();
    }

    void begin() {
        restartTimer();
    }

    /** Whether the host has proven itself on this queue. */
    boolean hasPassed() {
        return passed;
    }

    /** May be called on any thread. */
    LiveState.QueueAuth live() {
        return seen;
    }

    private LiveState.QueueAuth facts() {
        return new LiveState.QueueAuth(
                passed,
                session.state().name().toLowerCase(Locale.ROOT),
                session.digest().map(DhchapDigest::key),
                session.group().map(DhchapGroup::key));
    }

    /** Authentication Send. */
    int send(Command c) {
        byte[] message = c.buffer().toArray(ValueLayout.JAVA_BYTE);
        return compute(c, () -> session.send(message), () -> {});
    }

    /** Authentication Receive: what of the buffer the message does not need is zero. */
    int receive(Command c) {
        MemorySegment buffer = c.buffer();
        buffer.fill((byte) 0);
        int room = c.request.transferLengthBytes();
        byte[][] message = new byte[1][];
        return compute(
                c,
                () -> message[0] = session.receive(room),
                () -> MemorySegment.copy(message[0], 0, buffer, ValueLayout.JAVA_BYTE, 0, message[0].length));
    }

    private int compute(Command c, Runnable work, Runnable then) {
        if (busy) {
            return Status.COMMAND_SEQUENCE_ERROR | Status.DNR;
        }
        busy = true;
        stopTimer();
        pair.ioBegins();
        computations.execute(() -> {
            Optional<Throwable> broken = Optional.empty();
            try {
                work.run();
            } catch (RuntimeException | Error bug) {
                broken = Optional.of(bug);
            }
            Optional<Throwable> thrown = broken;
            pair.reactor().execute(() -> computed(c, thrown, then));
        });
        return Execution.LATER;
    }

    private void computed(Command c, Optional<Throwable> broken, Runnable then) {
        if (broken.isPresent()) {
            // As any error of our own on a reactor: the process ends.
            throw new IllegalStateException("authentication of queue " + pair.qid() + " broke", broken.get());
        }
        busy = false;
        then.run();
        State now = session.state();
        c.complete(Status.SUCCESS);
        if (now == State.COMPLETED) {
            completed();
        } else if (now == State.ERROR) {
            failed();
        } else if (!pair.isClosed()) {
            restartTimer();
        }
        seen = facts();
        pair.ioEnds();
    }

    private void completed() {
        if (!passed) {
            LOG.info(
                    "host {} has authenticated on queue {} of controller {}: {}, {}",
                    pair.controller().host(),
                    pair.qid(),
                    pair.cntlid(),
                    session.digest().map(DhchapDigest::key).orElse("none"),
                    session.group().map(DhchapGroup::key).orElse("none"));
        }
        passed = true;
    }

    /** The message that says so is on its way; the queue ends behind it. */
    private void failed() {
        LOG.warn(
                "host {} at {} has failed to authenticate on queue {} of controller {} (reason {})",
                pair.controller().host(),
                pair.connection().peer(),
                pair.qid(),
                pair.cntlid(),
                session.explanation());
        passed = false;
        pair.leave(QueueAuthentication::nothing);
    }

    // Time

    private void restartTimer() {
        stopTimer();
        long katoMs = Integer.toUnsignedLong(pair.controller().keepAlive().grantedMs());
        long timeoutMs = katoMs == 0 ? DEFAULT_TIMEOUT_MS : katoMs;
        timer = pair.reactor().schedule(timeoutMs * NS_PER_MS, this::expire);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void expire() {
        timer = null;
        LOG.warn(
                "host {} at {} took too long to authenticate on queue {} of controller {}",
                pair.controller().host(),
                pair.connection().peer(),
                pair.qid(),
                pair.cntlid());
        session.expire(passed);
        seen = facts();
        if (!passed) {
            pair.leave(QueueAuthentication::nothing);
        }
    }

    void close() {
        stopTimer();
    }

    private static void nothing() {}
}
