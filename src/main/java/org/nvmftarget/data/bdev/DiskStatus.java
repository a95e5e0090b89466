package org.nvmftarget.data.bdev;

import org.nvmftarget.data.ffi.libc.Errno;

/** What an errno of a disk's call says to whoever asked for the operation. */
final class DiskStatus {
    private DiskStatus() {}

    /** @param changes whether the call was to change the disk */
    static BdevStatus of(int errno, boolean changes, BdevOp op) {
        return switch (errno) {
            case Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG -> BdevStatus.NO_SPACE;
            case Errno.EROFS, Errno.EPERM, Errno.EACCES -> BdevStatus.READ_ONLY;
            case Errno.ENODEV, Errno.ENXIO, Errno.ENOMEDIUM -> BdevStatus.GONE;
            case Errno.ENODATA -> changes ? BdevStatus.IO_ERROR : BdevStatus.UNREADABLE;
            case Errno.EIO -> !changes && isAlsoWrite(op) ? BdevStatus.UNREADABLE : BdevStatus.IO_ERROR;
            default -> BdevStatus.FAILED;
        };
    }

    private static boolean isAlsoWrite(BdevOp op) {
        return op == BdevOp.COMPARE_AND_WRITE || op == BdevOp.COPY;
    }
}
