package org.nvmftarget.control.reconcile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happened, one JSON object per line, on the disk before {@link #write} returns. Safe on every thread. A journal
 * that cannot be written is logged and stops nothing: the target serves on.
 */
final class Journal implements AutoCloseable {
    /** The size in bytes at which a new file begins; the one before is kept. */
    static final long ROTATE_BYTES = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String CURRENT = "journal.jsonl";
    private static final String PREVIOUS = "journal.1.jsonl";
    private static final int REMEMBERED = 1000;

    private final Path folder;
    private final InstantSource clock;
    private final long rotateBytes;
    private final Deque<String> recent = new ArrayDeque<>();
    private FileChannel channel;

    private Journal(Path folder, InstantSource clock, long rotateBytes, FileChannel channel) {
        this.folder = folder;
        this.clock = clock;
        this.rotateBytes = rotateBytes;
        this.channel = channel;
    }

    /** Opens the journal of a state folder; a last line that a crash cut short is removed. */
    static Journal open(Path folder, InstantSource clock, long rotateBytes) throws IOException {
        Journal journal = new Journal(folder, clock, rotateBytes, openFile(folder));
        syncFolder(folder);
        journal.cutTornLine();
        journal.recent.addAll(read(folder, REMEMBERED));
        return journal;
    }

    /**
     * The last whole lines of the journal of a state folder, oldest first, with or without a daemon.
     *
     * @param most how many at most
     */
    static List<String> read(Path folder, int most) throws IOException {
        Deque<String> last = new ArrayDeque<>();
        for (String name : List.of(PREVIOUS, CURRENT)) {
            try {
                // A crash may have cut through a character, or left zeros: what is no text is passed over with its
                // line.
                String text = new String(Files.readAllBytes(folder.resolve(name)), StandardCharsets.UTF_8);
                text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> {
                    last.add(line);
                    if (last.size() > most) {
                        last.removeFirst();
                    }
                });
            } catch (NoSuchFileException none) {
                LOG.debug("no {} in {}", name, folder, none);
            }
        }
        return last.stream().filter(Journal::isEntry).toList();
    }

    private static boolean isEntry(String line) {
        try {
            return MAPPER.readTree(line).isObject();
        } catch (JacksonException torn) {
            LOG.warn("a line of the journal is torn, and passed over: {} characters", line.length(), torn);
            return false;
        }
    }

    /** The last lines, oldest first. */
    synchronized List<String> last(int most) {
        List<String> lines = new ArrayList<>(recent);
        return List.copyOf(lines.subList(Math.max(0, lines.size() - most), lines.size()));
    }

    /** Appends one line. {@code fill} adds to the object, which has its time and {@code event} already. */
    synchronized void write(String event, Consumer<ObjectNode> fill) {
        ObjectNode entry = MAPPER.createObjectNode();
        entry.put("time", clock.instant().toString()).put("event", event);
        fill.accept(entry);
        String line = entry.toString();
        recent.add(line);
        if (recent.size() > REMEMBERED) {
            recent.removeFirst();
        }
        try {
            if (channel.size() >= rotateBytes) {
                rotate();
            }
            append(line);
        } catch (IOException e) {
            LOG.error("the journal in {} cannot be written; this entry is lost: {}", folder, line, e);
        }
    }

    private void append(String line) throws IOException {
        long before = channel.size();
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes, before + bytes.position());
            }
            channel.force(false);
        } catch (IOException e) {
            // Half a line must not become the beginning of the next one.
            channel.truncate(before);
            throw e;
        }
    }

    private void rotate() throws IOException {
        channel.close();
        try {
            Files.move(
                    folder.resolve(CURRENT),
                    folder.resolve(PREVIOUS),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            channel = openFile(folder);
        }
        syncFolder(folder);
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private void cutTornLine() throws IOException {
        long end = channel.size();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (end > 0) {
            channel.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                break;
            }
            end--;
        }
        if (end < channel.size()) {
            channel.truncate(end);
            channel.force(true);
        }
    }

    private static FileChannel openFile(Path folder) throws IOException {
        return FileChannel.open(
                folder.resolve(CURRENT),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the journal in " + folder + " cannot be closed", e);
        }
    }
}
