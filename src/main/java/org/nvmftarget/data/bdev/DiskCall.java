package org.nvmftarget.data.bdev;

import org.jspecify.annotations.Nullable;

/** One call of the system on an open disk: made once and used again, by one reactor. */
abstract class DiskCall {

    enum Kind {
        READ,
        WRITE,
        /** Write, and it is stable before it completes. */
        WRITE_STABLE,
        DATASYNC,
        /** Of a drive: Write Zeroes, with deallocation where the mode punches holes. */
        FALLOCATE,
        /** Of a drive alone, as those after it: ends in Compare Failure unless the blocks are just the data. */
        COMPARE,
        /** The blocks could be read. */
        VERIFY,
        /** A hint that nobody needs what the blocks hold. */
        DEALLOCATE
    }

    /** For an engine whose results come from other threads. */
    final Runnable deliver = this::deliver;

    private Kind kind = Kind.READ;
    private @Nullable OpenDisk disk;
    private long address;
    private long lengthBytes;
    private long offset;
    private int mode;
    private int result;
    private boolean registered;

    /** The calls that come are on {@code open}. */
    final void on(OpenDisk open) {
        disk = open;
    }

    /**
     * What to do.
     *
     * @param memory where data go to or come from
     * @param fallocateMode of {@link Kind#FALLOCATE}
     */
    final void call(Kind what, long memory, long length, long at, int fallocateMode) {
        kind = what;
        address = memory;
        lengthBytes = length;
        offset = at;
        mode = fallocateMode;
    }

    /** The same call without its first {@code bytes}. */
    final void skip(long bytes) {
        address += bytes;
        lengthBytes -= bytes;
        offset += bytes;
    }

    final Kind kind() {
        return kind;
    }

    final OpenDisk disk() {
        OpenDisk d = disk;
        if (d == null) {
            throw new IllegalStateException("a call on no disk");
        }
        return d;
    }

    final long address() {
        return address;
    }

    final long lengthBytes() {
        return lengthBytes;
    }

    final long offset() {
        return offset;
    }

    final int mode() {
        return mode;
    }

    /** Whether its memory was named to the kernel by a slot of registered buffers, when it was started last. */
    final boolean isRegistered() {
        return registered;
    }

    final void registered(boolean inSlot) {
        registered = inSlot;
    }

    /** For {@link #deliver}, which comes after it. */
    final void result(int bytesOrErrno) {
        result = bytesOrErrno;
    }

    private void deliver() {
        done(result);
    }

    /** On the reactor that started it: bytes or 0, or a negated errno. */
    abstract void done(int bytesOrErrno);

    /** As {@link #done}, of a command to a drive, which has ended in another {@code status} than success. */
    abstract void refused(int status);

    /** It was given to what carries out no commands. */
    final IllegalStateException onNoDrive() {
        return new IllegalStateException(kind + " on what is no drive");
    }
}
