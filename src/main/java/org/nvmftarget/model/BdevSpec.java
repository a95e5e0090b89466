package org.nvmftarget.model;

import java.util.UUID;

/** A block device: declared or live. Its identity in the spec is its name. */
public sealed interface BdevSpec {

    String name();

    long sizeBytes();

    /** Logical block size in bytes: 512 or 4096. */
    int blockSizeBytes();

    UUID uuid();

    /** The same device with another size. */
    BdevSpec withSizeBytes(long sizeBytes);

    /** The spec file's {@code type}. */
    String type();

    /** Memory that is lost when the process ends. */
    record Malloc(String name, long sizeBytes, int blockSizeBytes, UUID uuid) implements BdevSpec {
        @Override
        public Malloc withSizeBytes(long newSizeBytes) {
            return new Malloc(name, newSizeBytes, blockSizeBytes, uuid);
        }

        @Override
        public String type() {
            return "malloc";
        }
    }

    /** Reads zeroes, forgets writes: for measurements. */
    record Null(String name, long sizeBytes, int blockSizeBytes, UUID uuid) implements BdevSpec {
        @Override
        public Null withSizeBytes(long newSizeBytes) {
            return new Null(name, newSizeBytes, blockSizeBytes, uuid);
        }

        @Override
        public String type() {
            return "null";
        }
    }
}
