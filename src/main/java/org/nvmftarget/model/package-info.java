/**
 * The words that the control plane and the data plane both speak. Values only: immutable records and enums, safe on
 * every thread. Depends on nothing but {@code java.lang}, {@code java.util}, {@code java.time} values, charsets and byte buffers, and
 * {@code java.security.MessageDigest}.
 */
@NullMarked
package org.nvmftarget.model;

import org.jspecify.annotations.NullMarked;
