package org.nvmftarget.data.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.DiskMemory;
import org.nvmftarget.model.BdevSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How large files and block devices were, one file each; the package's documentation has the layout. */
public final class FileDiskMemory implements DiskMemory {

    private static final Logger LOG = LoggerFactory.getLogger(FileDiskMemory.class);
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int FORMAT = 1;

    private final StateFiles files;

    /** @param folder for this alone; it is made when there is something to remember */
    public FileDiskMemory(Path folder) {
        files = new StateFiles(folder);
    }

    /** What a file holds. */
    private record Size(long sizeBytes, int blockSizeBytes) {}

    @Override
    public Optional<BdevSpec> recall(BdevSpec declared) {
        Size size = read(file(declared));
        return size == null ? Optional.empty() : sized(declared, size);
    }

    /** Empty if what is remembered makes no device of what is declared. */
    private static Optional<BdevSpec> sized(BdevSpec declared, Size size) {
        int block = declared.blockSizeBytes() == 0 ? size.blockSizeBytes() : declared.blockSizeBytes();
        long bytes = size.sizeBytes() - size.sizeBytes() % block;
        if (bytes == 0) {
            return Optional.empty();
        }
        return Optional.of(
                declared instanceof BdevSpec.Device device
                        ? device.withShape(bytes, block)
                        : declared.withSizeBytes(bytes));
    }

    private static @Nullable Size read(Path file) {
        try {
            JsonNode root = MAPPER.readTree(Files.readString(file));
            Size size = new Size(number(root, "size_bytes"), (int) number(root, "block_size_bytes"));
            boolean isSound = number(root, "format_version") == FORMAT
                    && size.sizeBytes() > 0
                    && (size.blockSizeBytes() == 512 || size.blockSizeBytes() == 4096);
            if (isSound) {
                return size;
            }
            LOG.warn("{} says nothing that a device can be: {}", file, StateFiles.putAside(file));
        } catch (NoSuchFileException neverSeen) {
            return null;
        } catch (IOException | JacksonException e) {
            LOG.warn("{} cannot be read ({}): {}", file, e.getMessage(), StateFiles.putAside(file));
        }
        return null;
    }

    private static long number(JsonNode root, String key) {
        JsonNode value = root.get(key);
        return value == null || !value.isIntegralNumber() ? 0 : value.asLong();
    }

    @Override
    public void remember(BdevSpec live) {
        Path file = file(live);
        Size size = new Size(live.sizeBytes(), live.blockSizeBytes());
        if (size.equals(read(file))) {
            return;
        }
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format_version", FORMAT);
        root.put("name", live.name());
        root.put("type", live.type());
        root.put("path", live.path());
        root.put("uuid", live.uuid().toString());
        root.put("size_bytes", size.sizeBytes());
        root.put("block_size_bytes", size.blockSizeBytes());
        try {
            files.save(file, root.toPrettyString() + "\n");
        } catch (IOException e) {
            LOG.warn(
                    "the size of bdev {} is not remembered, should it be missing at the next start: {}",
                    live.name(),
                    e);
        }
    }

    @Override
    public void forget(BdevSpec live) {
        try {
            files.delete(file(live));
        } catch (IOException e) {
            LOG.warn("the size of bdev {} stays remembered: {}", live.name(), e);
        }
    }

    private Path file(BdevSpec spec) {
        return files.file(spec.name(), spec.type(), spec.path(), spec.uuid().toString());
    }
}
