package org.nvmftarget.model;

import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A block device: declared or live. Its identity in the spec is its name. */
public sealed interface BdevSpec {

    String name();

    /** Size in bytes; 0 where the spec leaves it to the device. */
    long sizeBytes();

    /** Logical block size in bytes: 512 or 4096; 0 where the spec leaves it to the device. */
    int blockSizeBytes();

    UUID uuid();

    /** How much of its I/O may begin in a second. */
    BdevLimits limits();

    /** The same device with another size. */
    BdevSpec withSizeBytes(long sizeBytes);

    /** The same device with other limits. */
    BdevSpec withLimits(BdevLimits limits);

    /** The spec file's {@code type}. */
    String type();

    /** Memory that is lost when the process ends. */
    record Malloc(String name, long sizeBytes, int blockSizeBytes, UUID uuid, BdevLimits limits) implements BdevSpec {
        /** Without limits. */
        public Malloc(String name, long sizeBytes, int blockSizeBytes, UUID uuid) {
            this(name, sizeBytes, blockSizeBytes, uuid, BdevLimits.NONE);
        }

        @Override
        public Malloc withSizeBytes(long newSizeBytes) {
            return new Malloc(name, newSizeBytes, blockSizeBytes, uuid, limits);
        }

        @Override
        public Malloc withLimits(BdevLimits newLimits) {
            return new Malloc(name, sizeBytes, blockSizeBytes, uuid, newLimits);
        }

        @Override
        public String type() {
            return "malloc";
        }
    }

    /**
     * A file, made sparse where there is none.
     *
     * @param path absolute
     * @param allowShrink the spec lets the file lose what lies beyond a smaller size; never set in what is live
     */
    record File(
            String name,
            String path,
            long sizeBytes,
            int blockSizeBytes,
            boolean allowShrink,
            UUID uuid,
            BdevLimits limits)
            implements BdevSpec {
        /** Without limits. */
        public File(String name, String path, long sizeBytes, int blockSizeBytes, boolean allowShrink, UUID uuid) {
            this(name, path, sizeBytes, blockSizeBytes, allowShrink, uuid, BdevLimits.NONE);
        }

        @Override
        public File withSizeBytes(long newSizeBytes) {
            return new File(name, path, newSizeBytes, blockSizeBytes, allowShrink, uuid, limits);
        }

        @Override
        public File withLimits(BdevLimits newLimits) {
            return new File(name, path, sizeBytes, blockSizeBytes, allowShrink, uuid, newLimits);
        }

        @Override
        public String type() {
            return "file";
        }
    }

    /** A device of the machine; what is declared has size 0, since the device has its own. */
    sealed interface Device extends BdevSpec {

        /** The same device with the sizes that it has. */
        Device withShape(long sizeBytes, int blockSizeBytes);
    }

    /**
     * A block device of the machine.
     *
     * @param path absolute
     */
    record Block(String name, String path, long sizeBytes, int blockSizeBytes, UUID uuid, BdevLimits limits)
            implements Device {
        /** Without limits. */
        public Block(String name, String path, long sizeBytes, int blockSizeBytes, UUID uuid) {
            this(name, path, sizeBytes, blockSizeBytes, uuid, BdevLimits.NONE);
        }

        @Override
        public Block withSizeBytes(long newSizeBytes) {
            return new Block(name, path, newSizeBytes, blockSizeBytes, uuid, limits);
        }

        @Override
        public Block withShape(long newSizeBytes, int newBlockSizeBytes) {
            return new Block(name, path, newSizeBytes, newBlockSizeBytes, uuid, limits);
        }

        @Override
        public Block withLimits(BdevLimits newLimits) {
            return new Block(name, path, sizeBytes, blockSizeBytes, uuid, newLimits);
        }

        @Override
        public String type() {
            return "block";
        }
    }

    /**
     * A namespace of an NVMe drive of the machine, which gets its commands as they are.
     *
     * @param path absolute: of its block device or of its character device
     */
    record Nvme(String name, String path, long sizeBytes, int blockSizeBytes, UUID uuid, BdevLimits limits)
            implements Device {

        private static final Pattern CHARACTER_DEVICE = Pattern.compile("/dev/ng([0-9]+n[0-9]+)");

        @Override
        public Nvme withSizeBytes(long newSizeBytes) {
            return new Nvme(name, path, newSizeBytes, blockSizeBytes, uuid, limits);
        }

        @Override
        public Nvme withShape(long newSizeBytes, int newBlockSizeBytes) {
            return new Nvme(name, path, newSizeBytes, newBlockSizeBytes, uuid, limits);
        }

        @Override
        public Nvme withLimits(BdevLimits newLimits) {
            return new Nvme(name, path, sizeBytes, blockSizeBytes, uuid, newLimits);
        }

        @Override
        public String type() {
            return "nvme";
        }

        @Override
        public String place() {
            return place(path);
        }

        /** Linux names both devices of a namespace alike. */
        public static String place(String path) {
            Matcher named = CHARACTER_DEVICE.matcher(path);
            return named.matches() ? "/dev/nvme" + named.group(1) : path;
        }
    }

    /** Where its data are on the machine; empty for memory. */
    default String path() {
        return "";
    }

    /** As {@link #path}, and the same for two that surely have the same data. */
    default String place() {
        return path();
    }

    /** Reads zeroes, forgets writes: for measurements. */
    record Null(String name, long sizeBytes, int blockSizeBytes, UUID uuid, BdevLimits limits) implements BdevSpec {
        /** Without limits. */
        public Null(String name, long sizeBytes, int blockSizeBytes, UUID uuid) {
            this(name, sizeBytes, blockSizeBytes, uuid, BdevLimits.NONE);
        }

        @Override
        public Null withSizeBytes(long newSizeBytes) {
            return new Null(name, newSizeBytes, blockSizeBytes, uuid, limits);
        }

        @Override
        public Null withLimits(BdevLimits newLimits) {
            return new Null(name, sizeBytes, blockSizeBytes, uuid, newLimits);
        }

        @Override
        public String type() {
            return "null";
        }
    }

    /** The name of the device that it is made of; empty where it is made of none. */
    default String base() {
        return "";
    }

    /**
     * Another device, slower. What is declared has neither size nor block size, since it has those of its base.
     *
     * @param base name of the other device
     */
    record Delay(
            String name,
            String base,
            BdevLatencies latencies,
            long sizeBytes,
            int blockSizeBytes,
            UUID uuid,
            BdevLimits limits)
            implements BdevSpec {
        @Override
        public Delay withSizeBytes(long newSizeBytes) {
            return new Delay(name, base, latencies, newSizeBytes, blockSizeBytes, uuid, limits);
        }

        @Override
        public Delay withLimits(BdevLimits newLimits) {
            return new Delay(name, base, latencies, sizeBytes, blockSizeBytes, uuid, newLimits);
        }

        public Delay withLatencies(BdevLatencies newLatencies) {
            return new Delay(name, base, newLatencies, sizeBytes, blockSizeBytes, uuid, limits);
        }

        /** With the sizes of its base. */
        public Delay withShape(long newSizeBytes, int newBlockSizeBytes) {
            return new Delay(name, base, latencies, newSizeBytes, newBlockSizeBytes, uuid, limits);
        }

        @Override
        public String type() {
            return "delay";
        }
    }

    /**
     * Another device, some of whose operations fail. What is declared has neither size nor block size, since it has those
     * of its base.
     *
     * @param base name of the other device
     * @param errors the first that an operation meets decides
     */
    record Failing(
            String name,
            String base,
            List<BdevError> errors,
            long sizeBytes,
            int blockSizeBytes,
            UUID uuid,
            BdevLimits limits)
            implements BdevSpec {
        public Failing {
            errors = List.copyOf(errors);
        }

        @Override
        public Failing withSizeBytes(long newSizeBytes) {
            return new Failing(name, base, errors, newSizeBytes, blockSizeBytes, uuid, limits);
        }

        @Override
        public Failing withLimits(BdevLimits newLimits) {
            return new Failing(name, base, errors, sizeBytes, blockSizeBytes, uuid, newLimits);
        }

        public Failing withErrors(List<BdevError> newErrors) {
            return new Failing(name, base, newErrors, sizeBytes, blockSizeBytes, uuid, limits);
        }

        /** With the sizes of its base. */
        public Failing withShape(long newSizeBytes, int newBlockSizeBytes) {
            return new Failing(name, base, errors, newSizeBytes, newBlockSizeBytes, uuid, limits);
        }

        @Override
        public String type() {
            return "error";
        }
    }
}
