package org.nvmftarget.data.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * Downcalls, upcalls, libraries and errno. A handle is linked once per signature and without an address, so that the
 * function pointer is its first argument.
 */
public final class Native {

    /** What a handle of {@link #withErrno} takes as its second argument: one such segment per calling thread. */
    public static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();

    private Native() {}

    /** An ordinary call: {@code (MemorySegment function, arguments…)}. */
    public static MethodHandle call(FunctionDescriptor signature) {
        return LINKER.downcallHandle(signature);
    }

    /** A call that keeps errno: {@code (MemorySegment function, MemorySegment errnoState, arguments…)}. */
    public static MethodHandle withErrno(FunctionDescriptor signature) {
        return LINKER.downcallHandle(signature, Linker.Option.captureCallState("errno"));
    }

    /** As {@link #withErrno} for C's {@code f(a, b, ...)}: {@code firstVariadic} arguments stand before the dots. */
    public static MethodHandle variadicWithErrno(FunctionDescriptor signature, int firstVariadic) {
        return LINKER.downcallHandle(
                signature, Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(firstVariadic));
    }

    /**
     * A call without a thread-state transition: only for what is always extremely short and never blocks, since no
     * safepoint is reached meanwhile.
     */
    public static MethodHandle critical(FunctionDescriptor signature) {
        return LINKER.downcallHandle(signature, Linker.Option.critical(false));
    }

    /** A C function pointer that calls {@code target}, valid as long as {@code arena}. */
    public static MemorySegment upcall(MethodHandle target, FunctionDescriptor signature, Arena arena) {
        return LINKER.upcallStub(target, signature, arena);
    }

    /** The symbols of the C library. */
    public static SymbolLookup libc() {
        return LINKER.defaultLookup();
    }

    /** Loads a shared library for the life of the process; empty where the system has none of that name. */
    public static Optional<SymbolLookup> library(String soname) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(soname, Arena.global()));
        } catch (IllegalArgumentException notFound) {
            return Optional.empty();
        }
    }

    /** The errno that a {@link #withErrno} call left in {@code errnoState}. */
    public static int errno(MemorySegment errnoState) {
        return (int) ERRNO.get(errnoState, 0L);
    }

    /**
     * Gives a pointer from C its extent. The caller vouches that {@code sizeBytes} bytes are there as long as
     * {@code arena} lives: this is the one place where that trust is placed.
     */
    public static MemorySegment sized(MemorySegment pointer, long sizeBytes, Arena arena) {
        if (pointer.address() == 0) {
            throw new IllegalArgumentException("a null pointer has no extent");
        }
        return pointer.reinterpret(sizeBytes, arena, null);
    }

    /** {@link #sized} for memory that C owns and that lives until C is told to free it. */
    public static MemorySegment sized(MemorySegment pointer, long sizeBytes) {
        return sized(pointer, sizeBytes, Arena.global());
    }

    /** An address as a segment of no extent, to be handed to C. */
    public static MemorySegment pointer(long address) {
        return MemorySegment.ofAddress(address);
    }
}
