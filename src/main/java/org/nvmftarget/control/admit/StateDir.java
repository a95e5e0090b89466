package org.nvmftarget.control.admit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the daemon knows across restarts; the package's documentation has the layout. Safe on every thread. */
public final class StateDir implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateDir.class);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Pattern PLAN_ID = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int KEPT_GENERATIONS = 20;

    private final Path folder;
    private final DurableWrites writes;
    private final FileChannel lockFile;
    private final FileLock lock;

    private StateDir(Path folder, DurableWrites writes, FileChannel lockFile, FileLock lock) {
        this.folder = folder;
        this.writes = writes;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** Makes the folder if needed and takes its lock. */
    public static StateDir open(Path folder) throws StateDirException {
        return open(folder, DurableWrites.FILES);
    }

    /** @param writes how what the daemon must remember gets onto the disk */
    static StateDir open(Path folder, DurableWrites writes) throws StateDirException {
        try {
            makePrivate(folder);
            makePrivate(generations(folder));
            makePrivate(approvals(folder));
            return lock(folder, writes);
        } catch (StateDirException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            throw new StateDirException(
                    "state folder " + folder + " cannot be used (" + e + "); name another with --state-dir", e);
        }
    }

    /** The accepted spec of a state folder, with or without a daemon; empty if there is none yet. */
    public static Optional<StoredSpec> readAccepted(Path folder) throws StateDirException {
        Path file = accepted(folder);
        try {
            return read(file).map(StateJson::readSpec);
        } catch (IOException | IllegalArgumentException e) {
            throw new StateDirException(
                    "the accepted spec " + file + " cannot be read (" + e.getMessage() + "); a copy of it is in "
                            + generations(folder),
                    e);
        }
    }

    /**
     * The candidate that was judged invalid or refused last, with or without a daemon; empty if what lies in the file is
     * accepted.
     */
    public static Optional<Candidate> readLatch(Path folder) throws StateDirException {
        Path file = latchFile(folder);
        try {
            return read(file).map(StateJson::readCandidate);
        } catch (IOException | IllegalArgumentException e) {
            throw new StateDirException("the latch " + file + " cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /**
     * Consents to the plan; the running daemon looks for it. The consent is for what follows the accepted spec of now, so
     * that one which a crash left behind can never be used again.
     */
    public static void approve(Path folder, String planId) throws IOException {
        if (!PLAN_ID.matcher(planId).matches()) {
            throw new StateDirException("'" + planId + "' is no plan id (sha256: and 64 hexadecimal digits)");
        }
        if (!Files.isDirectory(approvals(folder))) {
            throw new StateDirException(folder + " is no state folder of a daemon; name its own with --state-dir");
        }
        long generation = readAccepted(folder).map(StoredSpec::generation).orElse(0L);
        DurableFiles.replace(approvals(folder).resolve(planId), Long.toString(generation));
    }

    public Path folder() {
        return folder;
    }

    Optional<StoredSpec> accepted() throws StateDirException {
        return readAccepted(folder);
    }

    /** Makes {@code spec} the accepted one. From here on there is no consent and no latch. */
    void accept(StoredSpec spec) throws IOException {
        String json = StateJson.write(spec);
        writes.replace(generations(folder).resolve(generationName(spec.generation())), json);
        writes.replace(accepted(folder), json);
        clearLatch();
        for (Path consent : list(approvals(folder))) {
            writes.remove(consent);
        }
        for (Path old : list(generations(folder))) {
            if (old.getFileName().toString().compareTo(generationName(spec.generation() - KEPT_GENERATIONS + 1)) < 0) {
                Files.deleteIfExists(old);
            }
        }
    }

    /** The plans to which anybody has consented since {@code generation} was accepted, being the last. */
    Set<String> consents(long generation) {
        Set<String> consents = new HashSet<>();
        try {
            for (Path file : list(approvals(folder))) {
                String planId = String.valueOf(file.getFileName());
                if (PLAN_ID.matcher(planId).matches() && read(file).equals(Optional.of(Long.toString(generation)))) {
                    consents.add(planId);
                }
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be read: nothing there counts", approvals(folder), e);
        }
        return consents;
    }

    /** The last candidate that was invalid or refused. One that cannot be read counts as none: it is judged again. */
    Optional<Candidate> latch() {
        try {
            return readLatch(folder);
        } catch (StateDirException e) {
            LOG.warn("the file is judged again", e);
            return Optional.empty();
        }
    }

    void latch(Candidate candidate) throws IOException {
        writes.replace(latchFile(folder), StateJson.write(candidate));
    }

    void clearLatch() throws IOException {
        writes.remove(latchFile(folder));
    }

    @Override
    public void close() {
        try {
            lock.close();
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException("state folder " + folder + " cannot be closed", e);
        }
    }

    private static StateDir lock(Path folder, DurableWrites writes) throws IOException {
        Path file = folder.resolve("lock");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                channel.truncate(0);
                byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
                channel.write(ByteBuffer.wrap(pid), 0);
                return new StateDir(folder, writes, channel, lock);
            }
        } catch (OverlappingFileLockException heldByThisProcess) {
            LOG.debug("{} is locked by this process", file, heldByThisProcess);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new StateDirException("state folder " + folder + " is in use by another nvmf-target (process "
                + Files.readString(file) + "); stop that, or name another with --state-dir");
    }

    /** A folder that is there already keeps its mode, unless strangers could write into it. */
    private static void makePrivate(Path folder) throws IOException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
        if (mode.contains(PosixFilePermission.OTHERS_WRITE) || mode.contains(PosixFilePermission.GROUP_WRITE)) {
            throw new StateDirException("state folder " + folder + " is writable by others than its owner ("
                    + PosixFilePermissions.toString(mode) + "): name a folder of its own with --state-dir");
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    private static String generationName(long generation) {
        return String.format(Locale.ROOT, "%010d.json", Math.max(0, generation));
    }

    private static Path accepted(Path folder) {
        return folder.resolve("accepted.json");
    }

    private static Path generations(Path folder) {
        return folder.resolve("generations");
    }

    private static Path approvals(Path folder) {
        return folder.resolve("approvals");
    }

    private static Path latchFile(Path folder) {
        return folder.resolve("latch.json");
    }
}
