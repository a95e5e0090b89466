package org.nvmftarget.data.bdev;

/**
 * How large a write may be and still be done as a whole, in logical blocks.
 *
 * @param normal for whoever reads and writes meanwhile
 * @param powerFail when the power fails, no more than {@code normal}
 * @param normalBoundary a write that crosses a multiple of so many is not promised that; 0 if it does not matter. As {@code
 *     powerFailBoundary} is for the other
 * @param boundaryOffset where the first of these boundaries is
 */
public record WriteAtomicity(int normal, int powerFail, int normalBoundary, int powerFailBoundary, int boundaryOffset) {

    /** Of a block, which is all that a namespace must promise. */
    static final WriteAtomicity BLOCK = new WriteAtomicity(1, 1, 0, 0, 0);
}
