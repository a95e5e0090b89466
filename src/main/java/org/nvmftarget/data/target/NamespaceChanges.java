package org.nvmftarget.data.target;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.data.reservation.Notice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of what hosts set on namespaces. A command waits in its namespace's lane; a helper thread computes the next
 * state, has it kept, and publishes it; when every reactor goes by it, hosts are told, and the command ends on its own
 * reactor. No reactor waits. A queue that goes meanwhile stays until its command has ended, as with I/O.
 */
final class NamespaceChanges {

    private static final Logger LOG = LoggerFactory.getLogger(NamespaceChanges.class);

    private final NamespaceStore store;
    private final Executor helpers;
    private final Barrier.Wait wait;

    NamespaceChanges(NamespaceStore store, Executor helpers, Barrier.Wait wait) {
        this.store = store;
        this.helpers = helpers;
        this.wait = wait;
    }

    /** What happens on the command's reactor when the change holds everywhere; answers as an {@link Execution} does. */
    @FunctionalInterface
    interface Then {
        int run(Command command, Namespace namespace);
    }

    boolean isDurable() {
        return store.isDurable();
    }

    /** For a namespace that is about to be added. May block. */
    NamespaceState load(NamespaceIdentity identity) {
        return store.load(identity);
    }

    Lane newLane() {
        return new Lane(helpers);
    }

    /** Waits for the changes of a namespace that no view has any more; false if that took longer than {@code timeout}. */
    boolean finish(Namespace namespace, Duration timeout) {
        Barrier barrier = new Barrier();
        barrier.register();
        namespace.parts.changes().submit(done -> {
            done.run();
            barrier.arrive();
        });
        return barrier.await(wait, timeout);
    }

    /** Changes the state of {@code namespace} and ends the command; on its reactor. */
    int submit(Command c, Namespace namespace, StateChange change) {
        return submit(c, namespace, change, (command, ns) -> Status.SUCCESS);
    }

    /** As above, and {@code then} comes before the end. */
    int submit(Command c, Namespace namespace, StateChange change, Then then) {
        Subsystem subsystem = c.pair().part().subsystem();
        c.pair().ioBegins();
        namespace.parts.changes().submit(done -> new Pending(subsystem, namespace, c, then, done).run(change));
        return Execution.LATER;
    }

    /** One change under way. */
    private final class Pending {
        private final Subsystem subsystem;
        private final Namespace namespace;
        private final Command command;
        private final Then then;
        private final Runnable laneDone;

        Pending(Subsystem subsystem, Namespace namespace, Command command, Then then, Runnable laneDone) {
            this.subsystem = subsystem;
            this.namespace = namespace;
            this.command = command;
            this.then = then;
            this.laneDone = laneDone;
        }

        /** On a helper thread. */
        void run(StateChange change) {
            try {
                begin(change);
            } catch (RuntimeException | Error bug) {
                command.pair().reactor().execute(() -> {
                    throw bug; // as any bug on the way of a command
                });
            }
        }

        private void begin(StateChange change) {
            NamespaceState now = namespace.parts.latest();
            StateChange.Result result = change.apply(now);
            NamespaceState next = result.next();
            if (result.status() != Status.SUCCESS) {
                laneDone.run();
                end(result.status());
                return;
            }
            if (next.equals(now)) {
                published(result);
                return;
            }
            if (!keep(now, next)) {
                laneDone.run();
                end(Status.INTERNAL_ERROR);
                return;
            }
            if (!subsystem.publish(namespace, next, () -> published(result))) {
                keep(next, now); // it was removed meanwhile: a host that is told so finds nothing if it comes back
                laneDone.run();
                end(Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR);
            }
        }

        private boolean keep(NamespaceState now, NamespaceState next) {
            NamespaceState kept = next.afterRestart();
            if (kept.equals(now.afterRestart())) {
                return true;
            }
            NamespaceIdentity identity = namespace.identity(subsystem.view());
            try {
                store.save(identity, kept);
                return true;
            } catch (IOException e) {
                LOG.error("the state of namespace {} of {} cannot be kept", identity.nsid(), identity.nqn(), e);
                return false;
            }
        }

        /** On any thread: every reactor goes by the new state. */
        private void published(StateChange.Result result) {
            laneDone.run();
            for (Notice notice : result.notices()) {
                if (!result.next().isMasked(notice.kind())) {
                    subsystem.tell(namespace, notice);
                }
            }
            List<HostId> preempted = result.preempted();
            if (!preempted.isEmpty()) {
                subsystem.awaitIo(namespace, c -> preempted.stream().anyMatch(c::isOf), true, this::finishOnReactor);
            } else if (result.drains()) {
                subsystem.awaitIo(namespace, c -> true, false, this::finishOnReactor);
            } else {
                finishOnReactor();
            }
        }

        private void finishOnReactor() {
            command.pair().reactor().execute(() -> {
                int status = then.run(command, namespace);
                if (status != Execution.LATER) {
                    command.complete(status);
                }
                command.pair().ioEnds();
            });
        }

        private void end(int status) {
            command.pair().reactor().execute(() -> {
                command.complete(status);
                command.pair().ioEnds();
            });
        }
    }
}
