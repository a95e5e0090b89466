package org.nvmftarget.control.admit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.nvmftarget.control.config.SpecFiles;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.model.LiveState;

/** Admission on a real state folder and a clock that a test moves, with a file that lies in memory. */
public final class ManualAdmission implements AutoCloseable {
    private static final Path FILE = Path.of("target.yaml");

    private final StateDir stateDir;
    private final Admission admission;

    private ManualAdmission(StateDir stateDir, Admission admission) {
        this.stateDir = stateDir;
        this.admission = admission;
    }

    /** The file as it lies now; it outlives the program. */
    public static final class File {
        private String text = "";
        private long inode = 1;
        private long modifiedNs;
        private long changedNs;

        /** Puts another file in its place. */
        public void rename(String newText, long nowNs) {
            inode++;
            text = newText;
            modifiedNs = nowNs - 5_000_000;
            changedNs = nowNs;
        }

        /** Writes into the file that is there. */
        public void overwrite(String newText, long nowNs) {
            text = newText;
            modifiedNs = nowNs;
            changedNs = nowNs;
        }

        public String text() {
            return text;
        }

        private SpecSource.Observation observe() {
            Footprint.Trace trace =
                    new Footprint.Trace(FILE, "1:" + inode, time(modifiedNs), time(changedNs), text.length());
            return new SpecSource.Observation(
                    new SpecFiles.Loaded(List.of(new SpecText("target.yaml", text)), List.of(), hash(text)),
                    new Footprint(Map.of(FILE, trace)));
        }

        private static FileTime time(long ns) {
            return FileTime.from(Instant.ofEpochSecond(0, ns));
        }
    }

    /** A name of a text. */
    public static String hash(String text) {
        return "sha256:"
                + HexFormat.of()
                        .formatHex(text.getBytes(StandardCharsets.UTF_8))
                        .hashCode();
    }

    /** What a daemon does when it starts. */
    public static ManualAdmission start(
            Path folder,
            File file,
            Supplier<LiveState> live,
            LongSupplier nowNs,
            Runnable aroundEachWrite,
            AdmissionListener listener)
            throws IOException {
        StateDir stateDir = StateDir.open(folder, writes(aroundEachWrite));
        Optional<AcceptedSpec> boot = stateDir.accepted().map(stored -> {
            SpecResult read = SpecReader.read(stored.texts());
            return new AcceptedSpec(stored, read.state().orElseThrow(), read.sources());
        });
        Admission admission = new Admission(
                file::observe,
                stateDir,
                live,
                () -> Instant.ofEpochSecond(0, nowNs.getAsLong()),
                nowNs,
                listener,
                boot,
                stateDir.latch());
        return new ManualAdmission(stateDir, admission);
    }

    private static DurableWrites writes(Runnable around) {
        return new DurableWrites() {
            @Override
            public void replace(Path file, String text) throws IOException {
                around.run();
                DurableWrites.FILES.replace(file, text);
                around.run();
            }

            @Override
            public void remove(Path file) throws IOException {
                around.run();
                DurableWrites.FILES.remove(file);
                around.run();
            }
        };
    }

    /** Looks at the file; the answer is when to look again, in nanoseconds. */
    public long look() {
        return admission.look();
    }

    public Optional<AcceptedSpec> accepted() {
        return admission.accepted();
    }

    public Optional<Candidate> candidate() {
        return admission.candidate();
    }

    @Override
    public void close() {
        stateDir.close();
    }
}
