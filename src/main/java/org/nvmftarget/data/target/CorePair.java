package org.nvmftarget.data.target;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.auth.DhchapSession;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.TransportAddress;

/** A queue pair, from its connection to its end, on the reactor that owns it. */
final class CorePair implements QueuePair {

    private static final VarHandle LAST_COMMAND;

    static {
        try {
            LAST_COMMAND = MethodHandles.lookup().findVarHandle(CorePair.class, "lastCommandNs", long.class);
        } catch (ReflectiveOperationException ownField) {
            throw new ExceptionInInitializerError(ownField);
        }
    }

    private final Target target;
    private final Connection connection;
    private final Reactor reactor;
    private final int reactorIndex;
    private final ReactorStats stats;
    private final TransportAddress listener;
    private final List<Runnable> onGone = new ArrayList<>(1);
    /** What came after {@link #leave}: given back on close, so that the host tries it elsewhere. */
    private final ArrayDeque<Command> parked = new ArrayDeque<>(0);

    private final FusedPairs fused = new FusedPairs(this);

    private @Nullable Controller controller;
    private @Nullable ReactorSubsystem part;
    private ControllerView seen = ControllerView.NOTHING;
    /** Where a Connect of this queue is held. */
    private @Nullable ReactorSubsystem heldIn;

    private int qid = -1;
    private int entries = 1;
    private int sqHead;
    private boolean sqFlow = true;
    private int ioInFlight;
    private final InFlight inFlight = new InFlight();
    /** Of a queue that must authenticate, or has. */
    private @Nullable QueueAuthentication authentication;

    private boolean leaving;
    private @Nullable Command disconnecting;
    private boolean closed;

    @SuppressWarnings("UnusedVariable") // by LAST_COMMAND: the keep-alive timer reads it on another reactor
    private long lastCommandNs;

    CorePair(Target target, Connection connection, Reactor reactor, int reactorIndex, ReactorStats stats) {
        this.target = target;
        this.connection = connection;
        this.reactor = reactor;
        this.reactorIndex = reactorIndex;
        this.stats = stats;
        stats.opened();
        listener = connection.listener();
    }

    // The transport's side

    @Override
    public boolean receive(Request request) {
        Command c = Command.of(request);
        c.begin(this);
        sqHead = sqHead + 1 == entries ? 0 : sqHead + 1;
        LAST_COMMAND.setOpaque(this, reactor.nowNs());
        int status = checked(c, parse(c));
        if (status == Status.SUCCESS) {
            return true;
        }
        c.complete(status);
        return false;
    }

    private int parse(Command c) {
        if (controller == null) {
            return ConnectCommand.parse(c);
        }
        if (authentication != null && !authentication.hasPassed()) {
            return AuthCommands.parseLocked(c);
        }
        int fuse = Sqe.fuse(c.sqe());
        if (fuse != Sqe.FUSE_NONE && qid == 0) {
            return c.invalidField(Sqe.FLAGS);
        }
        return fuse != Sqe.FUSE_NONE || fused.expectsSecond() ? fused.parse(c, fuse) : parseOne(c);
    }

    /** Parses a command of a connected queue as if it were not fused. */
    int parseOne(Command c) {
        if (Sqe.psdt(c.sqe()) != Sqe.PSDT_SGL) {
            return c.invalidField(Sqe.FLAGS, 6);
        }
        if (c.opcode() == Opcode.FABRICS) {
            return FabricsCommands.parse(c);
        }
        return qid == 0 ? AdminCommands.parse(c) : IoCommands.parse(c);
    }

    /** What holds for the SGL of any command comes before what the command itself has to say. */
    private static int checked(Command c, int status) {
        Request request = c.request;
        if (request.direction() != Direction.NONE) {
            return request.sglFault() == 0 ? status : c.refuse(request.sglFault(), Sqe.SGL1);
        }
        boolean tooLong = status == Status.SUCCESS && request.sglLengthBytes() != 0 && c.isWithoutData();
        return tooLong ? c.refuse(Status.DATA_SGL_LENGTH_INVALID, Sqe.SGL1) : status;
    }

    @Override
    public void execute(Request request) {
        Command c = Command.of(request);
        if (closed) {
            c.complete(Status.ABORTED_SQ_DELETION);
        } else if (leaving) {
            parked.addLast(c);
        } else if (part == null || !part.holdIfGated(c)) {
            run(c);
        }
    }

    /** Executes what was held, unless the queue is gone or going. */
    void resume(Command c) {
        execute(c.request);
    }

    private static void run(Command c) {
        int status = c.execution().execute(c);
        if (status != Execution.LATER) {
            c.complete(status);
        }
    }

    @Override
    public void fail(Request request, int status) {
        Command.of(request).complete(status);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (authentication != null) {
            authentication.close();
        }
        if (heldIn != null) {
            heldIn.dropHeld(this);
        }
        if (part != null && part != heldIn) {
            part.dropHeld(this);
        }
        fused.close();
        answerDisconnect(Status.ABORTED_SQ_DELETION);
        for (Command c = parked.pollFirst(); c != null; c = parked.pollFirst()) {
            c.complete(Status.ABORTED_SQ_DELETION);
        }
        if (controller != null && qid == 0) {
            controller.adminQueueClosed();
        }
        if (ioInFlight == 0) {
            gone();
        } else {
            inFlight.abortAll(c -> true, Status.ABORTED_SQ_DELETION);
        }
    }

    private void gone() {
        stats.gone(qid);
        if (part != null) {
            part.remove(this);
        }
        if (controller != null) {
            controller.detach(this);
        }
        target.forget(this);
        for (Runnable r : onGone) {
            r.run();
        }
        onGone.clear();
    }

    @Override
    public int cntlid() {
        return controller == null ? 0 : controller.cntlid();
    }

    @Override
    public int qid() {
        return qid;
    }

    // The core's side

    /** Ends the queue: what devices work on first, then the connection. {@code then} runs when the queue is gone. */
    void leave(Runnable then) {
        if (closed && ioInFlight == 0) {
            then.run();
            return;
        }
        onGone.add(then);
        if (!leaving) {
            if (!closed) {
                parked.addAll(inFlight.takeBack(c -> true));
            }
            leaving = true;
            disconnectIfIdle();
        }
    }

    /** A Disconnect has come: it is answered last, and the connection ends. */
    void disconnect(Command c) {
        disconnecting = c;
        if (part != null) {
            part.dropHeld(this);
        }
        fused.close();
        leave(CorePair::nothing);
    }

    private void disconnectIfIdle() {
        if (ioInFlight == 0 && !closed) {
            answerDisconnect(Status.SUCCESS);
            connection.disconnect();
        }
    }

    private void answerDisconnect(int status) {
        Command last = disconnecting;
        disconnecting = null;
        if (last != null) {
            last.complete(status);
        }
    }

    /** Connect succeeded: the queue belongs to {@code owner}. */
    void connected(Controller owner, ReactorSubsystem home, int queueId, int queueEntries, boolean sqFlowControl) {
        controller = owner;
        part = home;
        qid = queueId;
        stats.connected(queueId);
        entries = queueEntries;
        sqHead = 1 % queueEntries;
        sqFlow = sqFlowControl;
        seen = home.seenBy(owner.path());
        home.add(this);
    }

    /** The queue takes nothing else before its host has authenticated. */
    void authenticate(DhchapSession session, Computations computations) {
        authentication = new QueueAuthentication(this, session, computations);
        authentication.begin();
    }

    boolean mayAuthenticate() {
        return authentication != null;
    }

    QueueAuthentication authentication() {
        QueueAuthentication a = authentication;
        if (a == null) {
            throw new IllegalStateException("a queue that need not authenticate");
        }
        return a;
    }

    void heldIn(ReactorSubsystem where) {
        heldIn = where;
    }

    /** A command begins that the queue must outlive. */
    void ioBegins() {
        ioInFlight++;
    }

    /** As above, and devices work on it. */
    void ioBegins(Command c) {
        ioInFlight++;
        inFlight.add(c);
        part().busy().begins(reactor.nowNs());
    }

    /** No device works on the command any more; {@link #ioEnds()} follows when it is completed. */
    void ioEnds(Command c) {
        inFlight.remove(c);
        part().busy().ends(reactor.nowNs());
    }

    /** Takes back what waits for its turn at a device with limits, in order. */
    List<Command> takeBack(Predicate<Command> which) {
        return inFlight.takeBack(which);
    }

    /** Ends what waits for its turn at the namespace's device. */
    void abortIo(int nsid, int status) {
        inFlight.abortAll(c -> c.nsid() == nsid, status);
    }

    /** {@code barrier} waits for what devices work on for this queue on the namespace. */
    void awaitIo(int nsid, Barrier barrier) {
        inFlight.await(nsid, barrier);
    }

    void ioEnds() {
        ioInFlight--;
        if (ioInFlight == 0) {
            if (closed) {
                gone();
            } else if (leaving) {
                disconnectIfIdle();
            }
        }
    }

    boolean isAdmittedBy(SubsystemView view) {
        return !view.deactivating
                && view.hasListener(listener)
                && view.allows(controller().host());
    }

    /** What the queue's controller has of the subsystem, as this reactor's view has it. */
    ControllerView seen() {
        return seen;
    }

    void sees(ControllerView next) {
        seen = next;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Ends a command with this id that is held, or waits for its fused partner, for its turn at a device with limits, or
     * for memory in the transport; false if there is none.
     */
    boolean abort(int cid) {
        return (part != null && part.abortHeld(this, cid))
                || fused.abort(cid)
                || inFlight.abort(cid)
                || (!closed && connection.abortWaiting(cid));
    }

    FusedPairs fused() {
        return fused;
    }

    /** When the last command came; may be called on any thread. */
    long lastCommandNs() {
        return (long) LAST_COMMAND.getOpaque(this);
    }

    /** A command has been answered. */
    void noteCompletion(int opcode) {
        if (qid > 0 && opcode != Opcode.FABRICS) {
            stats.completedIo();
        }
    }

    /** May be called on any thread. */
    LiveState.QueuePair live() {
        QueueAuthentication auth = authentication;
        return new LiveState.QueuePair(
                qid,
                leaving,
                reactor.name(),
                connection.local(),
                connection.peerAddress(),
                auth == null ? Optional.empty() : Optional.of(auth.live()));
    }

    /** Whether the error log has an entry for it: not for what was aborted, and not for a Connect that failed. */
    boolean noteFailure(Command c, int status) {
        if (controller == null || Status.isAborted(status)) {
            return false;
        }
        controller.errors().record(qid, c, status);
        return true;
    }

    /** What the next completion says of the submission queue's head. */
    int sqhd() {
        return sqFlow ? sqHead : Cqe.SQHD_DISABLED;
    }

    Target target() {
        return target;
    }

    Connection connection() {
        return connection;
    }

    Reactor reactor() {
        return reactor;
    }

    int reactorIndex() {
        return reactorIndex;
    }

    TransportAddress listener() {
        return listener;
    }

    boolean isConnected() {
        return controller != null;
    }

    Controller controller() {
        Controller c = controller;
        if (c == null) {
            throw new IllegalStateException("a queue without a controller");
        }
        return c;
    }

    ReactorSubsystem part() {
        ReactorSubsystem p = part;
        if (p == null) {
            throw new IllegalStateException("a queue without a subsystem");
        }
        return p;
    }

    private static void nothing() {}
}
