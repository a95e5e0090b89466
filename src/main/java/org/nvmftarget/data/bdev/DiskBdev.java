package org.nvmftarget.data.bdev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.drive.DriveFacts;
import org.nvmftarget.data.drive.DriveHealth;
import org.nvmftarget.data.drive.NvmeDrive;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.StepResult;

/**
 * A file or a block device of the machine. Operations are carried out by the reactor that asked, each as a {@link DiskIo}.
 * A disk that goes away, or that has become another one under its path, is let go: what comes then ends at once in {@link
 * BdevStatus#GONE}, or {@link BdevStatus#NOT_READY} if it was never there, until {@link #inspect} finds it.
 */
final class DiskBdev implements Bdev {

    /** To write where the system cannot zero by itself. */
    static final MemorySegment ZEROES = Arena.global().allocate(DiskLane.SCRATCH_BYTES, 4096);

    private static final int PUNCH = DiskFiles.FALLOC_FL_PUNCH_HOLE | DiskFiles.FALLOC_FL_KEEP_SIZE;
    static final int ZERO = DiskFiles.FALLOC_FL_ZERO_RANGE | DiskFiles.FALLOC_FL_KEEP_SIZE;
    private static final int BY_WRITING = 0;
    private static final int ATOMIC_BYTES = 1 << 20;
    private static final int PREFERRED_BYTES = 4096;

    private final DiskLanes lanes;
    private final StripeLocks locks = new StripeLocks();
    /** As the disk was when it was opened last. */
    private volatile Traits traits;

    private final int blockShift;

    private volatile BdevSpec spec;
    private volatile long blocks;
    /** Null where there is nothing to be had: until it is there for the first time, and when its device is no more. */
    private volatile @Nullable OpenDisk disk;

    /** What was open last, for what is known of it alone; null until it is there for the first time. */
    private volatile @Nullable OpenDisk known;

    /** Why it is away; null if it is there. */
    private volatile @Nullable String trouble;

    private volatile long loss = THERE;
    /** Something failed since it was inspected last. */
    private volatile boolean suspect;
    /** Writes that were completed may be lost: the system tells that of its page cache only once. */
    private volatile boolean lostWrites;

    private volatile @Nullable DriveHealth health;

    private volatile int zeroingForUnmap = PUNCH;
    private volatile int zeroingForZeroes = ZERO;
    private boolean closed;

    /** @param spec with the size and the block size that the disk has */
    DiskBdev(BdevSpec spec, OpenDisk disk, DiskLanes lanes) {
        this(spec, disk, null, lanes);
    }

    private DiskBdev(BdevSpec spec, @Nullable OpenDisk disk, @Nullable String trouble, DiskLanes lanes) {
        this.spec = spec;
        this.disk = disk;
        known = disk;
        this.trouble = trouble;
        this.lanes = lanes;
        blockShift = Integer.numberOfTrailingZeros(spec.blockSizeBytes());
        blocks = spec.sizeBytes() >>> blockShift;
        traits = traits(disk);
    }

    private Traits traits(@Nullable OpenDisk open) {
        DriveFacts drive =
                open == null || open.drive() == null ? null : open.drive().facts();
        return new Traits(
                false,
                false,
                ATOMIC_BYTES >>> blockShift,
                drive == null
                        ? Granularity.of(PREFERRED_BYTES >>> blockShift)
                        : DriveTraits.granularity(drive.granularity(), PREFERRED_BYTES, blockShift),
                drive == null ? WriteAtomicity.BLOCK : DriveTraits.atomicity(drive, blockShift));
    }

    /**
     * A disk that is away from the start.
     *
     * @param spec with the size and the block size that it had last
     */
    static DiskBdev away(BdevSpec spec, String why, DiskLanes lanes) {
        return new DiskBdev(spec, null, why, lanes);
    }

    @Override
    public BdevSpec spec() {
        return spec;
    }

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public int blockSizeBytes() {
        return 1 << blockShift;
    }

    int blockShift() {
        return blockShift;
    }

    @Override
    public long blocks() {
        return blocks;
    }

    @Override
    public long usedBlocks() {
        return blocks;
    }

    // Operations

    @Override
    public void submit(BdevIo io) {
        OpenDisk open = trouble == null ? disk : null;
        if (open == null) {
            io.complete(known == null ? BdevStatus.NOT_READY : BdevStatus.GONE);
        } else if (io.op() == BdevOp.WRITE_UNCORRECTABLE) {
            io.complete(BdevStatus.UNSUPPORTED);
        } else if (!io.isWithin(blocks)) {
            io.complete(BdevStatus.OUT_OF_RANGE);
        } else if (io.op() == BdevOp.FLUSH && lostWrites) {
            io.complete(BdevStatus.IO_ERROR);
        } else if (io.op() != BdevOp.FLUSH && io.blocks() == 0) {
            io.complete(BdevStatus.OK);
        } else {
            lanes.lane(io.channel()).begin(this, open, io);
        }
    }

    /** Nothing is ever put off: an operation goes on when its call is done. */
    @Override
    public void proceed(BdevIo io) {
        throw new IllegalStateException("no operation of a disk is put off");
    }

    StripeLocks locks() {
        return locks;
    }

    /** The mode of fallocate(2) that makes zeroes for {@code op}; 0 if they are written. */
    int zeroing(BdevOp op) {
        return op == BdevOp.UNMAP ? zeroingForUnmap : zeroingForZeroes;
    }

    /** The disk cannot do {@code mode}; returns what to do instead, now and from now on. */
    int zeroingFails(BdevOp op, int mode) {
        if (op == BdevOp.UNMAP) {
            zeroingForUnmap = mode == PUNCH ? ZERO : BY_WRITING;
            return zeroingForUnmap;
        }
        zeroingForZeroes = mode == ZERO ? PUNCH : BY_WRITING;
        return zeroingForZeroes;
    }

    /** A call failed in a way that ends its operation. */
    void callFailed(DiskCall call) {
        boolean syncs = call.kind() == DiskCall.Kind.DATASYNC || call.kind() == DiskCall.Kind.WRITE_STABLE;
        if (syncs && !call.disk().shape().direct()) {
            lostWrites = true;
        }
        suspect();
    }

    /** The disk may be away, or of another size. */
    void suspect() {
        if (!suspect) {
            suspect = true;
            lanes.inspectSoon();
        }
    }

    // Control

    /** Why it is away; null if it is there. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** Whether it has {@code file} open. */
    boolean isOn(FileStatus file) {
        OpenDisk open = disk;
        return open != null && open.status().isSameAs(file);
    }

    @Override
    public long loss() {
        return loss;
    }

    @Override
    public boolean hasVolatileCache() {
        OpenDisk open = known;
        return open == null || open.hardware().hasVolatileCache();
    }

    @Override
    public @Nullable DriveHealth health() {
        return health;
    }

    /** Asks the drive, if it is one, how it is. Not with the lock: a drive that does not answer holds up nobody else. */
    void examine() {
        OpenDisk open = trouble == null ? disk : null;
        NvmeDrive drive = open == null ? null : open.drive();
        health = drive == null ? null : drive.health();
    }

    /** @param engine what carries out its calls */
    LiveState.Disk live(String engine) {
        OpenDisk open = known;
        if (open == null) {
            return new LiveState.Disk(engine, true, "", "", "", true, Optional.empty(), Optional.ofNullable(trouble));
        }
        return new LiveState.Disk(
                open.drive() == null ? engine : "io_uring_cmd",
                open.shape().direct(),
                open.shape().note(),
                open.hardware().model(),
                open.hardware().serial(),
                open.hardware().hasVolatileCache(),
                Optional.ofNullable(open.drive()).map(drive -> drive.facts().identity()),
                Optional.ofNullable(trouble));
    }

    /** What {@link #inspect} found. */
    enum Finding {
        NOTHING,
        WENT,
        CAME_BACK,
        /** Of another size: {@link #currentBytes}. */
        RESIZED
    }

    /** Looks whether the disk is there, and lets it go or takes it again. For control threads. */
    synchronized Finding inspect() {
        suspect = false;
        if (closed) {
            return Finding.NOTHING;
        }
        String missing = missing();
        if (trouble == null && missing != null) {
            loss = lanes.countLoss();
            trouble = missing;
            letGoOfTheDead();
            return Finding.WENT;
        }
        if (trouble != null) {
            letGoOfTheDead();
            return missing == null || isReplaced() ? reopen() : Finding.NOTHING;
        }
        return currentBytes() == spec.sizeBytes() ? Finding.NOTHING : Finding.RESIZED;
    }

    /** Linux gives the names of a device that was taken away to another, or the same, once nobody has it open. */
    private void letGoOfTheDead() {
        OpenDisk open = disk;
        if (open != null && open.isWithoutBytes()) {
            disk = null;
            lanes.retire(open);
        }
    }

    private @Nullable String missing() {
        return switch (FileStatus.of(DiskOpener.node(spec))) {
            case FileStatus.Result.Failed failed -> spec.path() + ": " + Errno.message(failed.errno());
            case FileStatus.Result.Found found ->
                isOn(found.status()) ? unfit() : spec.path() + " is another one than it was";
        };
    }

    /** Why what is open cannot be used. */
    private @Nullable String unfit() {
        OpenDisk open = disk;
        if (currentBytes() <= 0) {
            return spec.path() + " has no bytes";
        }
        return open != null && open.hasOtherBlocks() ? spec.path() + " was given blocks of another size" : null;
    }

    private boolean isReplaced() {
        return FileStatus.of(DiskOpener.node(spec)) instanceof FileStatus.Result.Found found && !isOn(found.status());
    }

    private Finding reopen() {
        OpenDisk before = disk;
        boolean same = missing() == null;
        if (!same) {
            switch (DiskOpener.open(spec, lanes, false)) {
                case DiskOpener.Result.Refused refused -> {
                    trouble = refused.message();
                    return Finding.NOTHING;
                }
                case DiskOpener.Result.Opened opened -> {
                    lanes.attach(opened.disk());
                    disk = opened.disk();
                    known = opened.disk();
                    traits = traits(opened.disk());
                    if (before != null) {
                        lanes.retire(before);
                    }
                }
            }
        }
        lostWrites = false;
        trouble = null;
        loss = THERE;
        return Finding.CAME_BACK;
    }

    /** The bytes that the disk has, in whole blocks; 0 or less if it has none. */
    long currentBytes() {
        OpenDisk open = disk;
        return open == null ? 0 : open.currentBytes() >> blockShift << blockShift;
    }

    @Override
    public synchronized StepResult resize(long sizeBytes) {
        OpenDisk open = disk;
        String away = trouble;
        if (away != null || open == null) {
            return new StepResult.Waiting("ENODEV", away == null ? spec.path() + " is away" : away);
        }
        if (currentBytes() != sizeBytes) {
            if (!open.status().isRegularFile()) {
                return new StepResult.Failed(spec.path() + " has the size that the machine gives it");
            }
            int result = DiskFiles.ftruncate(open.fd(), sizeBytes);
            if (result < 0) {
                return new StepResult.Failed(
                        "the size of " + spec.path() + " cannot be changed: " + Errno.message(result));
            }
        }
        spec = spec.withSizeBytes(sizeBytes);
        blocks = sizeBytes >>> blockShift;
        return StepResult.DONE;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            lanes.forget(this);
            OpenDisk open = disk;
            if (open != null) {
                lanes.retire(open);
            }
        }
    }
}
