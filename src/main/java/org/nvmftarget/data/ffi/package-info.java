/**
 * The door to native code: linker, libraries and errno. The only room where {@code Linker}, {@code SymbolLookup} and
 * {@code reinterpret} occur; the bindings below it ({@code ffi.libc}, {@code ffi.uring}, {@code ffi.verbs}) add signatures and layouts and
 * nothing else. Safe on every thread. Imports nothing of this project.
 */
@NullMarked
package org.nvmftarget.data.ffi;

import org.jspecify.annotations.NullMarked;
