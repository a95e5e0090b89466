package org.nvmftarget.data.bdev;

import java.util.concurrent.atomic.AtomicLong;
import org.nvmftarget.model.BdevError;

/** One of the errors of a device, and how often it was met. For all reactors. */
final class ErrorRule {

    private final BdevError error;
    private final AtomicLong met = new AtomicLong();

    ErrorRule(BdevError error) {
        this.error = error;
    }

    /** Whether the operation fails by this rule, which then counts it. */
    boolean hits(BdevIo io) {
        if (!isFor(io.op()) || !touches(io)) {
            return false;
        }
        long before = met.getAndIncrement();
        return before % error.every() == 0 && (error.num() == 0 || before / error.every() < error.num());
    }

    BdevStatus status(BdevIo io) {
        boolean isOfTheCompare = io.op() == BdevOp.COMPARE_AND_WRITE && error.ioType() == BdevError.IoType.COMPARE;
        return switch (error.status()) {
            case IO_ERROR -> isOfTheCompare ? BdevStatus.UNREADABLE : BdevStatus.IO_ERROR;
            case NO_SPACE -> BdevStatus.NO_SPACE;
            case READ_ONLY -> BdevStatus.READ_ONLY;
            case GONE -> BdevStatus.GONE;
            case FAILED -> BdevStatus.FAILED;
            case UNREADABLE -> BdevStatus.UNREADABLE;
        };
    }

    private boolean isFor(BdevOp op) {
        return switch (error.ioType()) {
            case ALL -> true;
            case READ -> op == BdevOp.READ;
            case WRITE -> op == BdevOp.WRITE || op == BdevOp.COMPARE_AND_WRITE || op == BdevOp.WRITE_UNCORRECTABLE;
            case FLUSH -> op == BdevOp.FLUSH;
            case UNMAP -> op == BdevOp.UNMAP;
            case WRITE_ZEROES -> op == BdevOp.WRITE_ZEROES;
            case COMPARE -> op == BdevOp.COMPARE || op == BdevOp.COMPARE_AND_WRITE;
            case COPY -> op == BdevOp.COPY;
            case VERIFY -> op == BdevOp.VERIFY;
        };
    }

    private boolean touches(BdevIo io) {
        return switch (io.op()) {
            case FLUSH -> true;
            case COPY -> touches(io.lba(), io.blocks()) || touches(io.destination(), io.blocks());
            default -> touches(io.lba(), io.blocks());
        };
    }

    private boolean touches(long lba, long count) {
        boolean beginsBefore = error.blocks() == 0 || lba - error.lba() < error.blocks();
        return count > 0 && beginsBefore && error.lba() - lba < count;
    }
}
