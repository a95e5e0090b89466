package org.nvmftarget.data.ffi.uring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.nvmftarget.data.ffi.Native;
import org.nvmftarget.data.ffi.libc.Epoll;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Pages;
import org.nvmftarget.data.ffi.libc.Posix;

/**
 * A submission ring and a completion ring. Entries are put into the one and given to the kernel all at once by {@link
 * #enter}; completions are read from the other without a system call. The kernel writes the submission ring's head and
 * the completion ring's tail, with release, and we read them with acquire; the other two the other way round.
 */
public final class Ring implements AutoCloseable {

    /** No slot of a buffer. */
    public static final int UNREGISTERED = -1;

    /** A flag of {@link #write}: it is stable before it completes (RWF_DSYNC). */
    public static final int RWF_DSYNC = 2;

    private static final VarHandle INT = JAVA_INT.varHandle();

    private static final long SQE_FLAGS = 1;
    private static final long SQE_FD = Layouts.offset(Layouts.SQE, "fd");
    private static final long SQE_OFF = Layouts.offset(Layouts.SQE, "off");
    private static final long SQE_ADDR = Layouts.offset(Layouts.SQE, "addr");
    private static final long SQE_LEN = Layouts.offset(Layouts.SQE, "len");
    private static final long SQE_RW_FLAGS = Layouts.offset(Layouts.SQE, "rw_flags");
    private static final long SQE_USER_DATA = Layouts.offset(Layouts.SQE, "user_data");
    private static final long SQE_BUF_INDEX = Layouts.offset(Layouts.SQE, "buf_index");
    private static final long CQE_RES = Layouts.offset(Layouts.CQE, "res");
    private static final long TV_SEC = Layouts.offset(Layouts.TIMESPEC, "tv_sec");
    private static final long TV_NSEC = Layouts.offset(Layouts.TIMESPEC, "tv_nsec");
    private static final long WAIT_TS = Layouts.offset(Layouts.GETEVENTS_ARG, "ts");

    private static final long NS_PER_SECOND = 1_000_000_000;
    private static final int BUFFER_SLOTS = 1024;
    /** Of a ring for commands: there the kernel wants small pieces. */
    private static final int COMMAND_BUFFER_SLOTS = 8192;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment errno = UringCalls.errnoState(arena);
    private final MemorySegment update = arena.allocate(16, Long.BYTES);
    private final MemorySegment updatedFd = arena.allocate(JAVA_INT);
    private final MemorySegment bufferUpdate = arena.allocate(Layouts.RSRC_UPDATE2);
    private final MemorySegment buffer = arena.allocate(Layouts.IOVEC);
    private final MemorySegment eventCount = arena.allocate(JAVA_LONG);
    private final MemorySegment timeout = arena.allocate(Layouts.TIMESPEC);
    private final MemorySegment waitFor = arena.allocate(Layouts.GETEVENTS_ARG);

    private final int fd;
    private final int eventFd;
    private final MemorySegment ring;
    private final MemorySegment sqes;
    private final RingOffsets at;
    private final int sqMask;
    private final int cqMask;
    private final int sqeShift;
    private final int cqeShift;
    private final int completions;
    private final boolean deferred;
    private final boolean timed;
    private final int fileSlots;
    private final int bufferSlots;

    private int tail;
    private int unsubmitted;
    private int cqHead;
    private boolean closed;

    private Ring(RingSetup setup, int eventFd, int fileSlots) throws UringException {
        this.fd = setup.fd();
        this.eventFd = eventFd;
        this.at = setup.offsets();
        this.deferred = setup.deferred();
        this.timed = setup.timed();
        this.completions = setup.cqEntries();
        this.sqMask = setup.sqEntries() - 1;
        this.cqMask = setup.cqEntries() - 1;
        this.sqeShift = setup.sqeShift();
        this.cqeShift = setup.cqeShift();
        long ringBytes = Math.max(
                at.sqArray() + (long) setup.sqEntries() * Integer.BYTES,
                at.cqes() + ((long) setup.cqEntries() << cqeShift));
        ring = map(ringBytes, Layouts.IORING_OFF_SQ_RING);
        sqes = map((long) setup.sqEntries() << sqeShift, Layouts.IORING_OFF_SQES);
        for (int i = 0; i < setup.sqEntries(); i++) {
            ring.set(JAVA_INT, at.sqArray() + (long) i * Integer.BYTES, i);
        }
        tail = ring.get(JAVA_INT, at.sqTail());
        cqHead = ring.get(JAVA_INT, at.cqHead());
        this.fileSlots = registerFiles(fileSlots);
        bufferSlots = registerBuffers(isForCommands() ? COMMAND_BUFFER_SLOTS : BUFFER_SLOTS);
        int told = UringCalls.register(errno, fd, Layouts.IORING_REGISTER_EVENTFD, pointerTo(eventFd), 1);
        if (told < 0) {
            throw new UringException("io_uring_register(EVENTFD)", told);
        }
        quiet();
    }

    /**
     * A ring for the calling thread.
     *
     * @param entries submissions that wait for one {@link #enter}; a power of two
     * @param completions that can be under way at a time; a power of two, at least {@code entries}
     * @param fileSlots how many files can be {@linkplain #registerFile registered}
     * @throws UringException with EPERM or ENOSYS where the system does not let us have one
     */
    public static Ring open(int entries, int completions, int fileSlots) throws UringException {
        return open(RingSetup.of(entries, completions, false), fileSlots);
    }

    /**
     * As {@link #open}, of entries and completions of twice the size, for {@link #command} and nothing else.
     *
     * @throws UringException with EINVAL, too, where the kernel has no such rings (before 5.19)
     */
    public static Ring openForCommands(int entries, int completions, int fileSlots) throws UringException {
        return open(RingSetup.of(entries, completions, true), fileSlots);
    }

    private static Ring open(RingSetup setup, int fileSlots) throws UringException {
        int eventFd = Epoll.eventfd(0, Epoll.EFD_CLOEXEC | Epoll.EFD_NONBLOCK);
        try {
            if (eventFd < 0) {
                throw new UringException("eventfd", eventFd);
            }
            return new Ring(setup, eventFd, fileSlots);
        } catch (UringException failed) {
            Posix.close(setup.fd());
            if (eventFd >= 0) {
                Posix.close(eventFd);
            }
            throw failed;
        }
    }

    private MemorySegment map(long bytes, long offset) throws UringException {
        long address = Pages.mapShared(fd, bytes, offset);
        if (address < 0) {
            throw new UringException("mmap of a ring", (int) address);
        }
        return Native.sized(Native.pointer(address), bytes);
    }

    private long pointerTo(int value) {
        updatedFd.set(JAVA_INT, 0, value);
        return updatedFd.address();
    }

    /** Slots without files; none where the kernel or the limit of open files forbids them. */
    private int registerFiles(int slots) {
        long limit = Math.min(slots, Posix.getrlimitSoft(Posix.RLIMIT_NOFILE));
        if (limit <= 0) {
            return 0;
        }
        try (Arena once = Arena.ofConfined()) {
            MemorySegment none = once.allocate(JAVA_INT, limit);
            none.fill((byte) 0xFF);
            int result = UringCalls.register(errno, fd, Layouts.IORING_REGISTER_FILES, none.address(), (int) limit);
            return result < 0 ? 0 : (int) limit;
        }
    }

    /** Slots without buffers; none where the kernel does not know such (before 5.19). */
    private int registerBuffers(int slots) {
        try (Arena once = Arena.ofConfined()) {
            MemorySegment table = once.allocate(Layouts.RSRC_REGISTER);
            table.set(JAVA_INT, Layouts.offset(Layouts.RSRC_REGISTER, "nr"), slots);
            table.set(JAVA_INT, Layouts.offset(Layouts.RSRC_REGISTER, "flags"), Layouts.IORING_RSRC_REGISTER_SPARSE);
            int result = UringCalls.register(
                    errno, fd, Layouts.IORING_REGISTER_BUFFERS2, table.address(), (int) table.byteSize());
            return result < 0 ? 0 : slots;
        }
    }

    /** How many operations can be under way. */
    public int completions() {
        return completions;
    }

    public int fileSlots() {
        return fileSlots;
    }

    /**
     * Puts {@code file} into a slot, or empties it with −1: an operation that names the slot need not look the descriptor
     * up. 0, or a negated errno.
     */
    public int registerFile(int slot, int file) {
        checkOpen();
        Objects.checkIndex(slot, fileSlots);
        update.set(JAVA_INT, 0, slot);
        update.set(JAVA_INT, Integer.BYTES, 0);
        update.set(JAVA_LONG, Long.BYTES, pointerTo(file));
        int result = UringCalls.register(errno, fd, Layouts.IORING_REGISTER_FILES_UPDATE, update.address(), 1);
        return result < 0 ? result : 0;
    }

    /** How many buffers can be {@linkplain #registerBuffer registered}. */
    public int bufferSlots() {
        return bufferSlots;
    }

    /**
     * Pins memory, which must stay until the slot is empty again, and puts it into a slot; a length of 0 empties the
     * slot. Operations under way keep what they use. 0, or a negated errno: ENOMEM beyond the limit of locked memory.
     */
    public int registerBuffer(int slot, long address, long lengthBytes) {
        checkOpen();
        Objects.checkIndex(slot, bufferSlots);
        buffer.set(JAVA_LONG, Layouts.offset(Layouts.IOVEC, "iov_base"), address);
        buffer.set(JAVA_LONG, Layouts.offset(Layouts.IOVEC, "iov_len"), lengthBytes);
        bufferUpdate.set(JAVA_INT, Layouts.offset(Layouts.RSRC_UPDATE2, "offset"), slot);
        bufferUpdate.set(JAVA_LONG, Layouts.offset(Layouts.RSRC_UPDATE2, "data"), buffer.address());
        bufferUpdate.set(JAVA_INT, Layouts.offset(Layouts.RSRC_UPDATE2, "nr"), 1);
        int result =
                UringCalls.register(errno, fd, Layouts.IORING_REGISTER_BUFFERS_UPDATE, bufferUpdate.address(), (int)
                        bufferUpdate.byteSize());
        return result < 0 ? result : 0;
    }

    // Submissions

    /** Whether one more entry fits before the next {@link #enter}. */
    public boolean hasRoom() {
        checkOpen();
        return tail - (int) INT.getAcquire(ring, at.sqHead()) <= sqMask;
    }

    /** All entries, as the kernel sees them. */
    MemorySegment entries() {
        return sqes;
    }

    /** Entries that the kernel does not know of yet. */
    public int unsubmitted() {
        return unsubmitted;
    }

    /**
     * @param file a descriptor, or the negated slot minus one
     * @param bufferSlot in which all of the memory is, or {@link #UNREGISTERED}
     */
    public void read(int file, long address, int lengthBytes, long offset, int bufferSlot, long userData) {
        int opcode = bufferSlot == UNREGISTERED ? Layouts.IORING_OP_READ : Layouts.IORING_OP_READ_FIXED;
        put(opcode, file, offset, address, lengthBytes, 0, bufferSlot, userData);
    }

    /**
     * @param file a descriptor, or the negated slot minus one
     * @param flags {@link #RWF_DSYNC} or 0
     * @param bufferSlot in which all of the memory is, or {@link #UNREGISTERED}
     */
    public void write(int file, long address, int lengthBytes, long offset, int flags, int bufferSlot, long userData) {
        int opcode = bufferSlot == UNREGISTERED ? Layouts.IORING_OP_WRITE : Layouts.IORING_OP_WRITE_FIXED;
        put(opcode, file, offset, address, lengthBytes, flags, bufferSlot, userData);
    }

    /** As fdatasync(2). */
    public void datasync(int file, long userData) {
        put(Layouts.IORING_OP_FSYNC, file, 0, 0, 0, Layouts.IORING_FSYNC_DATASYNC, UNREGISTERED, userData);
    }

    /** As fallocate(2). */
    public void fallocate(int file, int mode, long offset, long lengthBytes, long userData) {
        put(Layouts.IORING_OP_FALLOCATE, file, offset, lengthBytes, mode, 0, UNREGISTERED, userData);
    }

    /** Completes as soon as {@code file}, a descriptor, is readable. */
    public void readable(int file, long userData) {
        checkRoom();
        fill(Layouts.IORING_OP_POLL_ADD, file, 0, 0, 0, Epoll.EPOLLIN, UNREGISTERED, userData);
    }

    /**
     * A command that the file's own driver understands, in a ring that was {@linkplain #openForCommands opened} for that.
     *
     * @param number of the kind of command
     * @param body what the driver reads, at most 80 bytes; it is copied
     * @param bufferSlot of a registered buffer that all of the memory that {@code body} names is in, or {@link
     *     #UNREGISTERED}. Kernels before 6.1 know no such and refuse the command with EINVAL
     */
    public void command(int file, int number, MemorySegment body, int bufferSlot, long userData) {
        if (!isForCommands()) {
            throw new IllegalStateException("a ring of small entries carries no commands");
        }
        if (body.byteSize() > Layouts.SQE_CMD_BYTES) {
            throw new IndexOutOfBoundsException("a command of " + body.byteSize() + " bytes");
        }
        checkRoom();
        MemorySegment.copy(body, 0, sqes, ((long) (tail & sqMask) << sqeShift) + Layouts.SQE_CMD, body.byteSize());
        int flags = bufferSlot == UNREGISTERED ? 0 : Layouts.IORING_URING_CMD_FIXED;
        long operation = Integer.toUnsignedLong(number);
        fill(Layouts.IORING_OP_URING_CMD, file, operation, 0, 0, flags, bufferSlot, userData);
    }

    private boolean isForCommands() {
        return 1L << sqeShift > Layouts.SQE.byteSize();
    }

    private void checkRoom() {
        if (!hasRoom()) {
            throw new IllegalStateException("the submission ring is full");
        }
    }

    private void put(
            int opcode, int file, long offset, long address, int length, int flags, int bufferSlot, long userData) {
        if (isForCommands()) {
            throw new IllegalStateException("a ring of big entries carries commands alone");
        }
        checkRoom();
        fill(opcode, file, offset, address, length, flags, bufferSlot, userData);
    }

    private void fill(
            int opcode, int file, long offset, long address, int length, int flags, int bufferSlot, long userData) {
        if (file < 0 && -file - 1 >= fileSlots) {
            throw new IndexOutOfBoundsException("file slot " + (-file - 1) + " of " + fileSlots);
        }
        if (bufferSlot >= bufferSlots) {
            throw new IndexOutOfBoundsException("buffer slot " + bufferSlot + " of " + bufferSlots);
        }
        long sqe = (long) (tail & sqMask) << sqeShift;
        // The fields that are not set here are zero from the start.
        sqes.set(JAVA_BYTE, sqe, (byte) opcode);
        sqes.set(JAVA_BYTE, sqe + SQE_FLAGS, (byte) (file < 0 ? Layouts.IOSQE_FIXED_FILE : 0));
        sqes.set(JAVA_INT, sqe + SQE_FD, file < 0 ? -file - 1 : file);
        sqes.set(JAVA_LONG, sqe + SQE_OFF, offset);
        sqes.set(JAVA_LONG, sqe + SQE_ADDR, address);
        sqes.set(JAVA_INT, sqe + SQE_LEN, length);
        sqes.set(JAVA_INT, sqe + SQE_RW_FLAGS, flags);
        sqes.set(JAVA_LONG, sqe + SQE_USER_DATA, userData);
        sqes.set(JAVA_SHORT, sqe + SQE_BUF_INDEX, (short) Math.max(0, bufferSlot));
        tail++;
        unsubmitted++;
        INT.setRelease(ring, at.sqTail(), tail);
    }

    /**
     * Gives the kernel what was put into the ring, and takes the completions that wait for a call. No call is made where
     * there is neither. 0, or a negated errno: then what is left goes with the next call.
     */
    public int enter() {
        checkOpen();
        if (unsubmitted == 0 && !hasWork()) {
            return 0;
        }
        int taken = UringCalls.enter(errno, fd, unsubmitted, 0, Layouts.IORING_ENTER_GETEVENTS);
        if (taken < 0) {
            return taken;
        }
        unsubmitted -= taken;
        return 0;
    }

    /** Waits for a completion; for one that has no reactor to poll it. */
    public int await() {
        checkOpen();
        int taken = UringCalls.enter(errno, fd, unsubmitted, 1, Layouts.IORING_ENTER_GETEVENTS);
        unsubmitted -= Math.max(0, taken);
        return Math.min(0, taken);
    }

    /** Whether {@link #sleep} can be (Linux 5.11). */
    public boolean canSleep() {
        return timed;
    }

    /**
     * Gives the kernel what was put into the ring, and waits for a completion, no longer than {@code timeoutNs}; below
     * zero without an end. 0, or a negated errno, which is no failure: ETIME, EINTR, or what {@link #enter} has.
     */
    public int sleep(long timeoutNs) {
        checkOpen();
        timeout.set(JAVA_LONG, TV_SEC, timeoutNs / NS_PER_SECOND);
        timeout.set(JAVA_LONG, TV_NSEC, timeoutNs % NS_PER_SECOND);
        waitFor.set(JAVA_LONG, WAIT_TS, timeoutNs < 0 ? 0 : timeout.address());
        int flags = Layouts.IORING_ENTER_GETEVENTS | Layouts.IORING_ENTER_EXT_ARG;
        int taken = UringCalls.enter(errno, fd, unsubmitted, 1, flags, waitFor);
        unsubmitted -= Math.max(0, taken);
        return Math.min(0, taken);
    }

    // Completions

    /** Whether completions wait in the kernel for a call of ours. */
    private boolean hasWork() {
        int flags = (int) INT.getAcquire(ring, at.sqFlags());
        return (flags & (Layouts.IORING_SQ_TASKRUN | Layouts.IORING_SQ_CQ_OVERFLOW)) != 0;
    }

    public boolean hasCompletion() {
        checkOpen();
        return cqHead != (int) INT.getAcquire(ring, at.cqTail());
    }

    /** Of the completion that is next; only where there is one. */
    public long userData() {
        checkOpen();
        return ring.get(JAVA_LONG, cqe());
    }

    /** Of the completion that is next: bytes, or a negated errno. */
    public int result() {
        checkOpen();
        return ring.get(JAVA_INT, cqe() + CQE_RES);
    }

    /** The completion has been read. */
    public void advance() {
        checkOpen();
        cqHead++;
        INT.setRelease(ring, at.cqHead(), cqHead);
    }

    private long cqe() {
        return at.cqes() + ((long) (cqHead & cqMask) << cqeShift);
    }

    // Sleep

    /** Readable after {@link #loud} when there is a completion, or one waits for a call. */
    public int eventFd() {
        return eventFd;
    }

    /** The owner looks by itself: completions write to no descriptor. */
    public void quiet() {
        checkOpen();
        INT.setRelease(ring, at.cqFlags(), Layouts.IORING_CQ_EVENTFD_DISABLED);
    }

    /** Completions write to {@link #eventFd} from now on. False if there is work already: the owner must not sleep. */
    public boolean loud() {
        checkOpen();
        if (unsubmitted > 0) {
            return false;
        }
        INT.setVolatile(ring, at.cqFlags(), 0);
        VarHandle.fullFence();
        return isAtRest();
    }

    /** Whether there is nothing to give to the kernel, and nothing that it has ready. */
    public boolean isAtRest() {
        return unsubmitted == 0 && !hasCompletion() && !hasWork();
    }

    /** Takes back what completions wrote. */
    public void drainEvents() {
        Posix.read(eventFd, eventCount.address(), Long.BYTES);
    }

    /** Whether completions wait until the owner calls, rather than interrupt it. */
    public boolean isDeferred() {
        return deferred;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the ring is closed");
        }
    }

    /** Operations that are under way are cancelled or awaited by the kernel. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Pages.unmap(sqes.address(), sqes.byteSize());
        Pages.unmap(ring.address(), ring.byteSize());
        Posix.close(fd);
        Posix.close(eventFd);
    }

    /** Whether an error of {@link UringException#errno} means that the system lets nobody here have a ring. */
    public static boolean isForbidden(int errno) {
        return errno == Errno.EPERM || errno == Errno.ENOSYS || errno == Errno.EACCES;
    }
}
