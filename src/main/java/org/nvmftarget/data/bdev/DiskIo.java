package org.nvmftarget.data.bdev;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.Errno;

/**
 * One operation on a disk, as a row of calls. It takes the stripes that it needs, then scratch memory if it needs that,
 * and goes through its range piece by piece; a piece is read, written, or both; a call that was cut short goes on where
 * it ended. Made once and used again.
 */
final class DiskIo extends DiskCall {

    private static final int NO_FALLOCATE = 0;
    private static final int TRIES = 1000;

    private enum Stage {
        /** Data come from the disk. */
        LOOK,
        /** Data, zeroes or nothing go to the disk. */
        CHANGE,
        /** What was changed becomes stable. */
        SYNC
    }

    private final DiskLane lane;
    private final StripeHold stripes = new StripeHold();
    private @Nullable DiskBdev owner;
    private @Nullable BdevIo io;
    private @Nullable MemorySegment scratch;
    private Stage stage = Stage.LOOK;
    /** Whether the stripes of the piece, or of the whole, are held. */
    private boolean locked;

    private boolean bounces;
    private long lengthBytes;
    /** Bytes that are done, from whichever end. */
    private long done;

    private long pieceBytes;
    private int zeroing;
    private int tries;

    DiskIo(DiskLane lane) {
        this.lane = lane;
    }

    void begin(DiskBdev bdev, OpenDisk open, BdevIo operation) {
        owner = bdev;
        io = operation;
        on(open);
        open.begin(lane.index());
        lengthBytes = operation.blocks() << bdev.blockShift();
        done = 0;
        tries = 0;
        locked = false;
        stage = firstStage(operation.op());
        bounces = bounces(operation, open);
        zeroing = open.zeroing(bdev.zeroing(operation.op()));
        proceed();
    }

    private static Stage firstStage(BdevOp op) {
        return switch (op) {
            case READ, COMPARE, COMPARE_AND_WRITE, VERIFY, COPY -> Stage.LOOK;
            case WRITE, WRITE_ZEROES, UNMAP, WRITE_UNCORRECTABLE -> Stage.CHANGE;
            case FLUSH -> Stage.SYNC;
        };
    }

    private static boolean bounces(BdevIo operation, OpenDisk disk) {
        return switch (operation.op()) {
            case READ, WRITE -> !isFit(operation.data(), operation.dataOffset(), disk.shape());
            case COMPARE ->
                !disk.does(BdevOp.COMPARE) || !isFit(operation.data(), operation.dataOffset(), disk.shape());
            case VERIFY -> !disk.does(BdevOp.VERIFY);
            case COPY, COMPARE_AND_WRITE -> true;
            case FLUSH, WRITE_ZEROES, UNMAP, WRITE_UNCORRECTABLE -> false;
        };
    }

    /** Whether the disk can work on the memory itself. */
    private static boolean isFit(MemorySegment data, long offset, DiskShape shape) {
        return data.isNative() && ((data.address() + offset) & (shape.memoryAlign() - 1)) == 0;
    }

    // The row of calls

    /** Goes on, as far as it can now. */
    void proceed() {
        if (stage != Stage.SYNC) {
            if (!locked && !lock()) {
                lane.waitForStripes(this);
                return;
            }
            if (bounces && scratch == null) {
                scratch = lane.takeScratch(this);
                if (scratch == null) {
                    return;
                }
            }
        }
        startPiece();
    }

    void scratchCame(MemorySegment memory) {
        scratch = memory;
        startPiece();
    }

    private boolean lock() {
        StripeLocks locks = owner().locks();
        if (pieceBytes == 0) {
            prepareLocks();
        }
        locked = stripes.take(locks);
        return locked;
    }

    /** Long operations lock piece by piece, others once; verifying shows nobody anything. */
    private void prepareLocks() {
        BdevIo o = io();
        pieceBytes = pieceBytes(o.op());
        stripes.begin(isAlone(o.op()));
        switch (o.op()) {
            case VERIFY -> {}
            case COPY -> {
                stripes.add(at(o.lba()), pieceBytes);
                stripes.add(at(o.destination()), pieceBytes);
            }
            case WRITE_ZEROES, UNMAP -> stripes.add(at(o.lba()), pieceBytes);
            default -> stripes.add(o.lba() << owner().blockShift(), lengthBytes);
        }
        stripes.sort();
    }

    /** Whether no other operation may come between the calls of {@code op}. */
    private boolean isAlone(BdevOp op) {
        return switch (op) {
            case COMPARE_AND_WRITE, COPY -> true;
            case WRITE -> !disk().shape().direct();
            case READ, COMPARE -> pieceBytes < lengthBytes && disk().isAtomic();
            case FLUSH, WRITE_ZEROES, UNMAP, VERIFY, WRITE_UNCORRECTABLE -> false;
        };
    }

    private long pieceBytes(BdevOp op) {
        long most = disk().callBytes(zeroes(op) ? Kind.FALLOCATE : lookingKind(op));
        return Math.min(lengthBytes - done, bounces ? Math.min(DiskLane.SCRATCH_BYTES, most) : most);
    }

    /** How data are looked at; only where they do not come here is there another way than to read them. */
    private Kind lookingKind(BdevOp op) {
        return bounces
                ? Kind.READ
                : op == BdevOp.COMPARE ? Kind.COMPARE : op == BdevOp.VERIFY ? Kind.VERIFY : Kind.READ;
    }

    private static boolean zeroes(BdevOp op) {
        return op == BdevOp.WRITE_ZEROES || op == BdevOp.UNMAP;
    }

    /** Where the piece is, of a range that begins at block {@code lba}. */
    private long at(long lba) {
        BdevIo o = io();
        boolean backwards = o.op() == BdevOp.COPY && o.destination() > o.lba();
        long from = backwards ? lengthBytes - done - pieceBytes : done;
        return (lba << owner().blockShift()) + from;
    }

    private void startPiece() {
        BdevIo o = io();
        if (stage == Stage.SYNC) {
            start(Kind.DATASYNC, 0, 0, 0);
            return;
        }
        if (pieceBytes == 0) {
            pieceBytes = pieceBytes(o.op());
        }
        if (stage == Stage.LOOK) {
            start(lookingKind(o.op()), memory(o), pieceBytes, at(o.lba()));
        } else if (zeroes(o.op())) {
            startZeroing(o);
        } else {
            if (bounces && o.op() != BdevOp.COPY) {
                MemorySegment.copy(o.data(), o.dataOffset() + done, scratch(), 0, pieceBytes);
            }
            long to = at(o.op() == BdevOp.COPY ? o.destination() : o.lba());
            start(o.isFua() ? Kind.WRITE_STABLE : Kind.WRITE, memory(o), pieceBytes, to);
        }
    }

    private long memory(BdevIo o) {
        return bounces ? scratch().address() : o.data().address() + o.dataOffset() + done;
    }

    private void startZeroing(BdevIo o) {
        if (zeroing == NO_FALLOCATE) {
            MemorySegment zeroes = DiskBdev.ZEROES;
            pieceBytes = Math.min(pieceBytes, Math.min(zeroes.byteSize(), disk().callBytes(Kind.WRITE)));
            start(Kind.WRITE, zeroes.address(), pieceBytes, at(o.lba()));
        } else {
            call(Kind.FALLOCATE, 0, pieceBytes, at(o.lba()), zeroing);
            lane.engine().start(this);
        }
    }

    private void start(Kind what, long memory, long length, long at) {
        call(what, memory, length, at, 0);
        lane.engine().start(this);
    }

    // Results

    @Override
    void done(int result) {
        if (result < 0) {
            failed(-result);
            return;
        }
        if (kind() == Kind.FALLOCATE || kind() == Kind.DATASYNC || kind() == Kind.DEALLOCATE) {
            pieceDone();
        } else if (result == 0) {
            owner().suspect(); // it ends before it should
            end(disk().isWithoutBytes() ? BdevStatus.GONE : BdevStatus.FAILED);
        } else if (result < lengthBytes()) {
            skip(result);
            lane.engine().start(this);
        } else {
            pieceDone();
        }
    }

    private void failed(int errno) {
        boolean again = errno == Errno.EINTR || errno == Errno.EAGAIN;
        if (again && tries < TRIES) {
            tries++;
            lane.engine().start(this);
        } else if (kind() == Kind.FALLOCATE && errno == Errno.EOPNOTSUPP) {
            zeroing = owner().zeroingFails(io().op(), zeroing);
            startZeroing(io());
        } else {
            owner().callFailed(this);
            end(disk().isWithoutBytes() ? BdevStatus.GONE : DiskStatus.of(errno, kind() != Kind.READ, io().op()));
        }
    }

    @Override
    void refused(int status) {
        if (DriveStatus.isTransient(status) && tries < TRIES) {
            tries++;
            lane.engine().start(this);
            return;
        }
        boolean reads = kind() == Kind.READ || kind() == Kind.COMPARE || kind() == Kind.VERIFY;
        BdevStatus ended = DriveStatus.of(status, !reads, io().op());
        if (kind() == Kind.DEALLOCATE && ended != BdevStatus.GONE) {
            pieceDone(); // zeroes are there, and the drive does not take the hint
            return;
        }
        if (DriveStatus.isOfTheData(ended)) {
            end(ended);
        } else {
            owner().callFailed(this);
            end(disk().isWithoutBytes() ? BdevStatus.GONE : ended);
        }
    }

    private void pieceDone() {
        BdevIo o = io();
        switch (stage) {
            case SYNC -> end(BdevStatus.OK);
            case CHANGE -> {
                if (o.op() == BdevOp.UNMAP && kind() != Kind.DEALLOCATE && disk().deallocatesAfter(zeroing)) {
                    start(Kind.DEALLOCATE, 0, pieceBytes, at(o.lba()));
                } else {
                    advance(o);
                }
            }
            case LOOK -> {
                switch (o.op()) {
                    case COPY -> {
                        stage = Stage.CHANGE;
                        startPiece();
                    }
                    case COMPARE -> {
                        if (bounces) {
                            compared(o, o.data(), o.dataOffset());
                        } else {
                            advance(o);
                        }
                    }
                    case COMPARE_AND_WRITE -> compared(o, o.expected(), o.expectedOffset());
                    default -> {
                        if (bounces && o.op() == BdevOp.READ) {
                            MemorySegment.copy(scratch(), 0, o.data(), o.dataOffset() + done, pieceBytes);
                        }
                        advance(o);
                    }
                }
            }
        }
    }

    private void compared(BdevIo o, MemorySegment with, long offset) {
        long from = offset + done;
        if (MemorySegment.mismatch(scratch(), 0, pieceBytes, with, from, from + pieceBytes) >= 0) {
            end(BdevStatus.MISCOMPARE);
        } else {
            advance(o);
        }
    }

    /** To the next piece, or to what comes after the last. */
    private void advance(BdevIo o) {
        done += pieceBytes;
        pieceBytes = 0;
        if (done < lengthBytes) {
            nextPiece(o.op());
        } else if (o.op() == BdevOp.COMPARE_AND_WRITE && stage == Stage.LOOK) {
            stage = Stage.CHANGE;
            done = 0;
            startPiece();
        } else if (o.isFua() && zeroes(o.op())) {
            stage = Stage.SYNC;
            startPiece();
        } else {
            end(BdevStatus.OK);
        }
    }

    private void nextPiece(BdevOp op) {
        if (op == BdevOp.COPY || zeroes(op)) {
            // Scratch memory must not be kept by who waits for stripes: who has them may wait for scratch memory.
            letGo();
            stage = firstStage(op);
            proceed();
        } else {
            startPiece();
        }
    }

    private void letGo() {
        stripes.release(owner().locks());
        locked = false;
        pieceBytes = 0;
        MemorySegment memory = scratch;
        if (memory != null) {
            scratch = null;
            lane.giveScratch(memory);
        }
    }

    private void end(BdevStatus status) {
        BdevIo o = io();
        letGo();
        disk().end(lane.index());
        io = null;
        lane.giveBack(this);
        o.complete(status);
    }

    // What is there between begin and end

    private DiskBdev owner() {
        return present(owner);
    }

    private BdevIo io() {
        return present(io);
    }

    private MemorySegment scratch() {
        return present(scratch);
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("an operation that is not under way");
        }
        return value;
    }
}
