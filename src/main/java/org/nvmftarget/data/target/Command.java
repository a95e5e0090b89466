package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.BdevIo;
import org.nvmftarget.data.bdev.BdevOp;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.ErrorLogEntry;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/** The core's side of a {@link Request}: made once with it, and used again for each command that it carries. */
final class Command extends BdevIo {

    /** What a pause holds. */
    enum Scope {
        /** Keep Alive, Async Event Request, Abort, properties, Disconnect. */
        NEVER_HELD,
        /** Other admin commands, and Connect. */
        ADMIN,
        /** I/O: with its namespace. */
        NAMESPACE
    }

    private static final Execution UNPARSED = c -> Status.INTERNAL_ERROR;
    private static final Execution VERDICT = Command::verdict;

    /** Operations of a chain that one turn of the reactor may see done. */
    private static final int LINKS_PER_TURN = 4;

    final Request request;
    // Made once: putting off an operation allocates nothing.
    private final Runnable proceed = this::proceed;
    private final Runnable continueChain = this::continueChain;

    private @Nullable CorePair pair;
    private Execution execution = UNPARSED;
    private Scope scope = Scope.NEVER_HELD;
    private int opcode;
    private int cid;
    private int nsid;
    private long result;
    private int errorLocation = ErrorLogEntry.NO_LOCATION;
    /** It was held and its turn has come: it is not held again for the ones behind it. */
    private boolean released;

    /** Neighbours in {@link InFlight}. */
    @Nullable
    Command previous;

    @Nullable
    Command next;

    // I/O
    private @Nullable Runnable onEnd;
    private @Nullable ControllerView seen;
    private @Nullable Namespace namespace;
    /** {@link Sqe#FUSE_NONE} once it is decided alone. */
    private int fuse;
    /** The other command of a fused pair, once both have come. */
    private @Nullable Command partner;
    /** What {@link #VERDICT} answers. */
    private int verdict;

    private boolean chained;
    private int chainFlags;
    /** Blocks that the operations so far were about. */
    private long chainBlocks;
    /** Keeps the namespace in the turns between two operations. */
    private @Nullable NamespaceChannel chainHold;

    private boolean submitting;
    private boolean doneWhileSubmitting;
    private BdevStatus chainStatus = BdevStatus.OK;
    private int chainIndex;

    private Command(Request request) {
        this.request = request;
    }

    /** The command that belongs to {@code request}. */
    static Command of(Request request) {
        Object state = request.coreState;
        if (state == null) {
            state = new Command(request);
            request.coreState = state;
        }
        return (Command) state;
    }

    /** A capsule has come. */
    void begin(CorePair queue) {
        MemorySegment sqe = request.sqe();
        pair = queue;
        opcode = Sqe.opcode(sqe);
        cid = Sqe.cid(sqe);
        nsid = Sqe.nsid(sqe);
        execution = UNPARSED;
        scope = Scope.NEVER_HELD;
        result = 0;
        errorLocation = ErrorLogEntry.NO_LOCATION;
        released = false;
        seen = null;
        namespace = null;
        fuse = Sqe.FUSE_NONE;
        partner = null;
        chained = false;
    }

    /** Parsed: how it is carried out, what holds it, and what it transfers. */
    void plan(Execution how, Scope heldBy, Direction direction, int transferBytes) {
        execution = how;
        scope = heldBy;
        request.transfer(direction, transferBytes);
    }

    CorePair pair() {
        CorePair p = pair;
        if (p == null) {
            throw new IllegalStateException("a request that was never received");
        }
        return p;
    }

    /** The controller of a queue that is connected. */
    Controller controller() {
        return pair().controller();
    }

    /** Whether the opcode's last bits, or those of the fabrics command's type, say that no data go either way. */
    boolean isWithoutData() {
        return ((opcode == Opcode.FABRICS ? Sqe.fctype(request.sqe()) : opcode) & 3) == 0;
    }

    MemorySegment sqe() {
        return request.sqe();
    }

    /** The buffer of a command with data, from its first byte. */
    MemorySegment buffer() {
        return request.data().asSlice(request.dataOffset(), request.transferLengthBytes());
    }

    int opcode() {
        return opcode;
    }

    int cid() {
        return cid;
    }

    int nsid() {
        return nsid;
    }

    Scope scope() {
        return scope;
    }

    Execution execution() {
        return execution;
    }

    boolean isReleased() {
        return released;
    }

    void release() {
        released = true;
    }

    /** DW0 and DW1 of the completion. */
    void result(long value) {
        result = value;
    }

    long result() {
        return result;
    }

    /** Invalid Field in Command; the error log will say in which byte of the command. */
    int invalidField(long byteOffset) {
        return invalidField(byteOffset, 0);
    }

    /** Invalid Field in Command; the error log will say in which byte of the command, and from which of its bits. */
    int invalidField(long byteOffset, int bit) {
        errorLocation = ErrorLogEntry.location(byteOffset, bit);
        return Status.INVALID_FIELD | Status.DNR;
    }

    /** The namespace is none that the command can be for: Invalid Namespace or Format, for good. */
    int invalidNamespace() {
        return refuse(Status.INVALID_NAMESPACE_OR_FORMAT, Sqe.NSID);
    }

    /** {@code status} with DNR; the error log will say in which byte of the command the cause lies. */
    int refuse(int status, long byteOffset) {
        errorLocation = ErrorLogEntry.location(byteOffset, 0);
        return status | Status.DNR;
    }

    /** As {@link ErrorLogEntry} has it. */
    int errorLocation() {
        return errorLocation;
    }

    /** However it goes on: executing it does nothing but end it with {@code status}. */
    void decide(int status) {
        verdict = status;
        execution = VERDICT;
        scope = Scope.NEVER_HELD;
    }

    private static int verdict(Command c) {
        return c.verdict;
    }

    /** Ends the command. The request may carry another one when this returns. */
    void complete(int status) {
        CorePair p = pair();
        if (fuse != Sqe.FUSE_NONE) {
            p.fused().ended(this);
        }
        boolean success = status == Status.SUCCESS;
        boolean more = !success && p.noteFailure(this, status);
        Cqe.encode(request.cqe(), result, p.sqhd(), cid, more ? status | Status.MORE : status);
        p.noteCompletion(opcode);
        request.finish(success);
    }

    // Fused commands

    /** {@link Sqe#FUSE_FIRST} and its fellows; none for a command that goes its own way. */
    int fuse() {
        return fuse;
    }

    @Nullable
    Command partner() {
        return partner;
    }

    /** It is one of a pair, or, with {@link Sqe#FUSE_NONE}, no longer. */
    void fuse(int part, @Nullable Command with) {
        fuse = part;
        partner = with;
    }

    /** Otherwise than it was planned, with the same data. */
    void carryOutBy(Execution how) {
        execution = how;
    }

    // I/O

    /** Validated against {@code against}: {@code target} is the namespace there, null where it is of no one or held. */
    void validated(@Nullable ControllerView against, @Nullable Namespace target) {
        seen = against;
        namespace = target;
    }

    @Nullable
    ControllerView seen() {
        return seen;
    }

    Namespace namespace() {
        Namespace n = namespace;
        if (n == null) {
            throw new IllegalStateException("I/O to no namespace");
        }
        return n;
    }

    /** The number of operations of the chain so far. */
    int chainIndex() {
        return chainIndex;
    }

    /**
     * One operation on the namespace, and the command ends with it.
     *
     * @param flags as {@link BdevIo} has them
     */
    int submitOnce(BdevOp op, long lba, long blocks, int flags) {
        Namespace ns = namespace();
        CorePair p = pair();
        p.ioBegins(this);
        ns.channel(p.reactorIndex()).begin();
        prepare(op, lba, blocks, p.reactorIndex(), flags);
        data(request.data(), request.dataOffset());
        ns.bdev.submit(this);
        return Execution.LATER;
    }

    /** The second of a fused pair: what the first one carries is compared, what this one carries is written, as one. */
    void submitFused(Command first, int flags) {
        expected(first.request.data(), first.request.dataOffset());
        submitOnce(BdevOp.COMPARE_AND_WRITE, Sqe.slba(sqe()), Sqe.blocks(sqe()), flags);
    }

    /**
     * Several operations, one after the other: {@link IoChain#next} submits each.
     *
     * @param flags of each of them, as {@link BdevIo} has them
     */
    int submitChain(int flags) {
        chained = true;
        chainIndex = 0;
        chainBlocks = 0;
        chainFlags = flags;
        chainStatus = BdevStatus.OK;
        CorePair p = pair();
        p.ioBegins(this);
        Namespace ns = namespace;
        if (ns != null) {
            chainHold = ns.channel(p.reactorIndex());
            chainHold.begin();
        }
        continueChain();
        return Execution.LATER;
    }

    /** One operation of a chain. */
    void submitLink(Namespace ns, BdevOp op, long lba, long blocks) {
        CorePair p = pair();
        namespace = ns;
        chainIndex++;
        chainBlocks += blocks;
        ns.channel(p.reactorIndex()).begin();
        prepare(op, lba, blocks, p.reactorIndex(), chainFlags);
        ns.bdev.submit(this);
    }

    /** One copy of a chain, to where the one before ended; the first goes to {@code destination}. */
    void submitCopy(long lba, long destination, long blocks) {
        destination(destination + chainBlocks);
        submitLink(namespace(), BdevOp.COPY, lba, blocks);
    }

    /** A loop, not a recursion: a device may complete while it is submitted to. */
    private void continueChain() {
        for (int links = 0; chainStatus == BdevStatus.OK; links++) {
            if (links == LINKS_PER_TURN) {
                pair().reactor().execute(continueChain);
                return;
            }
            doneWhileSubmitting = false;
            submitting = true;
            boolean more = IoChain.next(this);
            submitting = false;
            if (!more) {
                break;
            }
            if (!doneWhileSubmitting) {
                return;
            }
        }
        endIo(chainStatus);
    }

    @Override
    protected void completed(BdevStatus status) {
        NamespaceChannel channel = namespace().channel(pair().reactorIndex());
        if (!chained) {
            endIo(status);
            channel.end();
            return;
        }
        chainStatus = status;
        if (submitting) {
            doneWhileSubmitting = true;
        } else {
            continueChain();
        }
        channel.end();
    }

    @Override
    protected void deferred() {
        pair().reactor().execute(proceed);
    }

    private void proceed() {
        namespace().bdev.proceed(this);
    }

    private void endIo(BdevStatus ended) {
        // A Linux host that scans a new disk retries a path error for ever, and cannot even disconnect then.
        boolean isNew =
                ended == BdevStatus.GONE && namespace().isNewTo(controller().arrival());
        BdevStatus status = isNew ? BdevStatus.NOT_READY : ended;
        CorePair p = leaveDevice();
        NamespaceChannel hold = chainHold;
        chainHold = null;
        if (fuse == Sqe.FUSE_SECOND) {
            p.fused().done(this, status);
        } else {
            complete(IoCommands.statusOf(status, opcode));
        }
        endIo(p, hold);
    }

    private CorePair leaveDevice() {
        CorePair p = pair();
        p.ioEnds(this);
        Runnable then = onEnd;
        if (then != null) {
            onEnd = null;
            then.run();
        }
        return p;
    }

    private static void endIo(CorePair p, @Nullable NamespaceChannel hold) {
        if (hold != null) {
            hold.end();
        }
        p.ioEnds();
    }

    /** Ends the command, and a fused one with it, if it waits for its device to begin; false if it does not. */
    boolean abort(int status) {
        if (!withdraw()) {
            return false;
        }
        NamespaceChannel channel = namespace().channel(pair().reactorIndex());
        CorePair p = leaveDevice();
        NamespaceChannel hold = chainHold;
        chainHold = null;
        if (fuse == Sqe.FUSE_SECOND) {
            p.fused().abandon(this, status);
        } else {
            complete(status);
        }
        endIo(p, hold);
        channel.end();
        return true;
    }

    /** Makes it as if it had not been executed yet, if it waits for its device and nobody waits for it. */
    boolean takeBack() {
        if (chained || fuse != Sqe.FUSE_NONE || onEnd != null || !withdraw()) {
            return false;
        }
        CorePair p = pair();
        p.ioEnds(this);
        namespace().channel(p.reactorIndex()).end();
        p.ioEnds();
        return true;
    }

    /** Runs {@code then} when the command, which a device works on, has ended. */
    void onEnd(Runnable then) {
        Runnable before = onEnd;
        onEnd = before == null
                ? then
                : () -> {
                    before.run();
                    then.run();
                };
    }
}
