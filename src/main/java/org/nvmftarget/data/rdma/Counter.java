package org.nvmftarget.data.rdma;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A number that one reactor counts up and anyone may read, seeing it as it was lately. */
final class Counter {

    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException ownField) {
            throw new ExceptionInInitializerError(ownField);
        }
    }

    private long value;

    /** On the reactor. */
    void add(long n) {
        VALUE.setOpaque(this, value + n);
    }

    long get() {
        return (long) VALUE.getOpaque(this);
    }
}
