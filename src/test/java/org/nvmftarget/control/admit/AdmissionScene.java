package org.nvmftarget.control.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.control.admit.Candidate.Outcome;
import org.nvmftarget.control.config.SpecFiles;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Problem;

/** Admission on a file and a clock that a test moves. */
abstract sealed class AdmissionScene permits AdmissionTest, AdmissionConsentTest {
    static final Path FILE = Path.of("target.yaml");
    static final String ONE = SpecLines.of(SpecLines.NQN_A);
    static final String TWO = SpecLines.of(SpecLines.NQN_A, SpecLines.NQN_B);
    static final String NONE = SpecLines.of();
    static final String BROKEN = "version: 1\nnonsense: [\n";

    @TempDir
    Path folder;

    StateDir stateDir;
    long nowNs = 1L << 40;
    long inode = 1;
    SpecSource.Observation lies = observation("", List.of(), FileTime.fromMillis(0), FileTime.fromMillis(1));
    final List<AcceptedSpec> accepted = new ArrayList<>();
    final List<Outcome> outcomes = new ArrayList<>();
    LiveState live = LiveState.EMPTY;
    Admission admission;

    @BeforeEach
    void open() throws IOException {
        stateDir = StateDir.open(folder.resolve("state"));
        admission = admission();
    }

    @AfterEach
    void close() {
        stateDir.close();
    }

    Admission admission() throws IOException {
        Optional<AcceptedSpec> boot = stateDir.accepted().map(stored -> {
            SpecResult read = SpecReader.read(stored.texts());
            return new AcceptedSpec(stored, read.state().orElseThrow(), read.sources());
        });
        AdmissionListener listener = new AdmissionListener() {
            @Override
            public void accepted(AcceptedSpec spec, Optional<AcceptedSpec> before, boolean byConsent) {
                accepted.add(spec);
            }

            @Override
            public void judged(Candidate candidate) {
                outcomes.add(candidate.outcome());
            }
        };
        return new Admission(
                () -> lies, stateDir, () -> live, this::wallTime, () -> nowNs, listener, boot, stateDir.latch());
    }

    Instant wallTime() {
        return Instant.ofEpochSecond(0, nowNs);
    }

    void restart() throws IOException {
        stateDir.close();
        stateDir = StateDir.open(folder.resolve("state"));
        accepted.clear();
        outcomes.clear();
        admission = admission();
    }

    /** Puts {@code text} in place by a rename. */
    void rename(String text) {
        inode++;
        Instant now = wallTime();
        lies = observation(text, List.of(), FileTime.from(now.minusMillis(5)), FileTime.from(now));
    }

    /** Writes {@code text} into the file that is there. */
    void overwrite(String text) {
        FileTime now = FileTime.from(wallTime());
        lies = observation(text, List.of(), now, now);
    }

    void disappear() {
        Problem problem =
                new Problem("target.yaml", 0, 1, "", "there is no such file", Optional.empty(), Optional.empty());
        lies = new SpecSource.Observation(
                new SpecFiles.Loaded(List.of(), List.of(problem), "sha256:none"), Footprint.NOTHING);
    }

    SpecSource.Observation observation(String text, List<Problem> problems, FileTime modified, FileTime changed) {
        String hash = "sha256:" + text.hashCode();
        Footprint.Trace trace = new Footprint.Trace(FILE, "1:" + inode, modified, changed, text.length());
        return new SpecSource.Observation(
                new SpecFiles.Loaded(List.of(new SpecText("target.yaml", text)), problems, hash),
                new Footprint(Map.of(FILE, trace)));
    }

    /** Looks as often as admission asks for, until {@code ms} have passed. */
    void letPass(long ms) {
        long endNs = nowNs + Duration.ofMillis(ms).toNanos();
        long waitNs = admission.look();
        while (nowNs + waitNs <= endNs) {
            nowNs += waitNs;
            waitNs = admission.look();
        }
        nowNs = endNs;
    }

    long generation() {
        return admission.accepted().map(AcceptedSpec::generation).orElse(0L);
    }

    Outcome outcome() {
        return admission.candidate().orElseThrow().outcome();
    }

    void acceptFirst(String text) {
        rename(text);
        nowNs += 1_000_000_000L;
        admission.look();
        assertEquals(1, generation());
    }
}
