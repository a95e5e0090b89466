package org.nvmftarget.control.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.control.admit.Candidate.Outcome;
import org.nvmftarget.control.config.SpecFiles;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Problem;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

class AdmissionTest {
    private static final Path FILE = Path.of("target.yaml");
    private static final String ONE = SpecLines.of(SpecLines.NQN_A);
    private static final String TWO = SpecLines.of(SpecLines.NQN_A, SpecLines.NQN_B);
    private static final String NONE = SpecLines.of();
    private static final String BROKEN = "version: 1\nnonsense: [\n";

    @TempDir
    Path folder;

    private StateDir stateDir;
    private long nowNs = 1L << 40;
    private long inode = 1;
    private SpecSource.Observation lies = observation("", List.of(), FileTime.fromMillis(0), FileTime.fromMillis(1));
    private final List<AcceptedSpec> accepted = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private LiveState live = LiveState.EMPTY;
    private Admission admission;

    @BeforeEach
    void open() throws IOException {
        stateDir = StateDir.open(folder.resolve("state"));
        admission = admission();
    }

    @AfterEach
    void close() {
        stateDir.close();
    }

    private Admission admission() throws IOException {
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

    private Instant wallTime() {
        return Instant.ofEpochSecond(0, nowNs);
    }

    private void restart() throws IOException {
        stateDir.close();
        stateDir = StateDir.open(folder.resolve("state"));
        accepted.clear();
        outcomes.clear();
        admission = admission();
    }

    /** Puts {@code text} in place by a rename. */
    private void rename(String text) {
        inode++;
        Instant now = wallTime();
        lies = observation(text, List.of(), FileTime.from(now.minusMillis(5)), FileTime.from(now));
    }

    /** Writes {@code text} into the file that is there. */
    private void overwrite(String text) {
        FileTime now = FileTime.from(wallTime());
        lies = observation(text, List.of(), now, now);
    }

    private void disappear() {
        Problem problem =
                new Problem("target.yaml", 0, 1, "", "there is no such file", Optional.empty(), Optional.empty());
        lies = new SpecSource.Observation(
                new SpecFiles.Loaded(List.of(), List.of(problem), "sha256:none"), Footprint.NOTHING);
    }

    private SpecSource.Observation observation(
            String text, List<Problem> problems, FileTime modified, FileTime changed) {
        String hash = "sha256:" + text.hashCode();
        Footprint.Trace trace = new Footprint.Trace(FILE, "1:" + inode, modified, changed, text.length());
        return new SpecSource.Observation(
                new SpecFiles.Loaded(List.of(new SpecText("target.yaml", text)), problems, hash),
                new Footprint(Map.of(FILE, trace)));
    }

    /** Looks as often as admission asks for, until {@code ms} have passed. */
    private void letPass(long ms) {
        long endNs = nowNs + Duration.ofMillis(ms).toNanos();
        long waitNs = admission.look();
        while (nowNs + waitNs <= endNs) {
            nowNs += waitNs;
            waitNs = admission.look();
        }
        nowNs = endNs;
    }

    private long generation() {
        return admission.accepted().map(AcceptedSpec::generation).orElse(0L);
    }

    private Outcome outcome() {
        return admission.candidate().orElseThrow().outcome();
    }

    private void acceptFirst(String text) {
        rename(text);
        nowNs += 1_000_000_000L;
        admission.look();
        assertEquals(1, generation());
    }

    @Test
    void admitsAnOldFileAtOnceAtTheFirstStart() {
        acceptFirst(ONE);

        assertEquals(List.of(Outcome.ACCEPTED), outcomes);
        assertEquals(1, accepted.size());
    }

    @Test
    void waitsAtTheFirstStartForAFileThatWasJustWritten() {
        overwrite(ONE);

        admission.look();
        assertEquals(0, generation());

        letPass(100);
        assertEquals(1, generation());
    }

    @Test
    void admitsARenameThatOnlyAddsAtOnce() {
        acceptFirst(ONE);
        rename(TWO);

        admission.look();

        assertEquals(2, generation());
    }

    @Test
    void letsWritesInPlaceSettle() {
        acceptFirst(ONE);
        overwrite(TWO);

        letPass(99);
        assertEquals(1, generation());

        letPass(1);
        admission.look();
        assertEquals(2, generation());
    }

    @Test
    void letsARenameThatRemovesWaitForSettle() {
        acceptFirst(TWO);
        rename(ONE);

        letPass(1999);
        assertEquals(1, generation());
        assertEquals(Outcome.SETTLING, outcome());

        letPass(1);
        admission.look();
        assertEquals(2, generation());
    }

    @Test
    void takesTheTimeToSettleFromTheCandidate() {
        acceptFirst(TWO);
        rename(ONE + "reconcile: { settle: 30s }\n");

        letPass(29_000);
        assertEquals(1, generation());

        letPass(2_000);
        assertEquals(2, generation());
    }

    @Test
    void beginsToWaitAnewWithEachWrite() {
        acceptFirst(TWO);
        for (int i = 0; i < 10; i++) {
            overwrite(ONE + "# " + i + "\n");
            letPass(1500);
        }
        assertEquals(1, generation());

        letPass(600);

        assertEquals(2, generation());
        assertTrue(accepted.getLast().stored().texts().getFirst().text().endsWith("# 9\n"));
    }

    @Test
    void beginsToWaitAnewWhenTheSameTextIsWrittenAgain() {
        acceptFirst(TWO);
        overwrite(ONE);
        letPass(1500);
        overwrite(ONE);

        letPass(1500);

        assertEquals(1, generation());
    }

    @Test
    void endsAtTheLastOfAHundredWritesAndNeverAtATornOne() {
        acceptFirst(ONE);
        for (int i = 0; i < 100; i++) {
            String whole = TWO + "# " + i + "\n";
            overwrite(whole.substring(0, i % 2 == 0 ? whole.length() / 2 : 0));
            letPass(5);
            overwrite(whole);
            letPass(5);
        }

        letPass(3000);

        assertEquals(2, generation());
        assertTrue(accepted.getLast().stored().texts().getFirst().text().endsWith("# 99\n"));
        assertFalse(outcomes.contains(Outcome.INVALID));
    }

    @Test
    void doesNotTakeARenameForWholeThatFollowsATornWriteOfAnotherFile() {
        acceptFirst(ONE);
        overwrite(TWO);
        letPass(10);
        rename(TWO + "# more\n");

        admission.look();

        assertEquals(1, generation());
    }

    @Test
    void latchesAnInvalidText() {
        acceptFirst(ONE);
        rename(BROKEN);

        letPass(60_000);

        assertEquals(1, generation());
        assertEquals(Outcome.INVALID, outcome());
        assertEquals(List.of(Outcome.ACCEPTED, Outcome.INVALID), outcomes);
    }

    @Test
    void remembersAnInvalidTextOverARestart() throws IOException {
        acceptFirst(ONE);
        rename(BROKEN);
        letPass(1000);

        restart();
        letPass(60_000);

        assertEquals(Outcome.INVALID, outcome());
        assertEquals(1, admission.candidate().orElseThrow().problems().size());
        assertEquals(List.of(), accepted);
    }

    @Test
    void comesBackFromInvalidWhenTheAcceptedTextIsRestored() {
        acceptFirst(ONE);
        rename(BROKEN);
        letPass(1000);
        rename(ONE);

        admission.look();

        assertEquals(Outcome.ACCEPTED, outcome());
        assertEquals(1, generation());
        assertEquals(Optional.empty(), stateDir.latch());
    }

    @Test
    void servesOnWhenTheFileDisappears() {
        acceptFirst(ONE);
        disappear();

        letPass(10_000);

        assertEquals(Outcome.INVALID, outcome());
        assertEquals(1, generation());
    }

    @Test
    void neverTakesAFileForGoneThatIsReplacedByRemoveAndCreate() {
        acceptFirst(ONE);
        disappear();
        letPass(50);
        overwrite(TWO);
        letPass(200);

        assertEquals(2, generation());
        assertFalse(outcomes.contains(Outcome.INVALID));
    }

    @Test
    void refusesToRemoveWhatIsProtected() {
        acceptFirst(SpecLines.protecting(ONE));
        rename(SpecLines.of(SpecLines.NQN_B));

        letPass(3000);

        assertEquals(Outcome.REFUSED, outcome());
        assertEquals(
                "protect",
                admission.candidate().orElseThrow().refusals().getFirst().guard());
        assertEquals(1, generation());
    }

    @Test
    void removesWhatIsProtectedInTwoEdits() {
        acceptFirst(SpecLines.protecting(ONE));
        rename(ONE);
        letPass(3000);
        rename(SpecLines.of(SpecLines.NQN_B));

        letPass(3000);

        assertEquals(3, generation());
    }

    @Test
    void neitherTimeNorARestartLiftsARefusal() throws IOException {
        acceptFirst(ONE);
        rename(NONE);
        letPass(600_000);
        restart();

        letPass(600_000);

        assertEquals(Outcome.REFUSED, outcome());
        assertEquals(1, generation());
        assertEquals(List.of(), accepted);
    }

    @Test
    void consentToItsPlanLiftsARefusal() throws IOException {
        acceptFirst(ONE);
        rename(NONE);
        letPass(3000);
        String planId = admission.candidate().orElseThrow().planId().orElseThrow();

        StateDir.approve(stateDir.folder(), planId);
        letPass(1000);

        assertEquals(2, generation());
        assertFalse(stateDir.isApproved(planId));
    }

    @Test
    void consentIsStaleWhenTheTargetHasChangedSince() throws IOException {
        acceptFirst(ONE);
        rename(NONE);
        letPass(3000);
        String before = admission.candidate().orElseThrow().planId().orElseThrow();
        live = LiveState.EMPTY.withConfig(
                admission.accepted().orElseThrow().state().target());

        StateDir.approve(stateDir.folder(), before);
        letPass(10_000);

        Candidate refused = admission.candidate().orElseThrow();
        assertEquals(1, generation());
        assertTrue(refused.staleConsent());
        assertEquals(Optional.of(refused), stateDir.latch());

        StateDir.approve(stateDir.folder(), refused.planId().orElseThrow());
        letPass(1000);
        assertEquals(2, generation());
    }

    @Test
    void consentIsStaleWhenTheTextHasChangedSince() throws IOException {
        acceptFirst(TWO);
        rename(NONE);
        letPass(3000);
        StateDir.approve(
                stateDir.folder(), admission.candidate().orElseThrow().planId().orElseThrow());
        rename(NONE.replace("tcp:", "tcp: { sock_priority: 3 }"));
        letPass(5000);

        assertEquals(1, generation());
        assertTrue(admission.candidate().orElseThrow().staleConsent());
    }

    @Test
    void aNamespaceInUseIsNotRemovedAndStaysRefusedWhenItsHostHasLeft() throws IOException {
        acceptFirst(TWO);
        live = inUse();
        rename(ONE);
        letPass(3000);
        assertEquals(
                "on_active",
                admission.candidate().orElseThrow().refusals().getFirst().guard());

        live = LiveState.EMPTY;
        letPass(60_000);
        assertEquals(Outcome.REFUSED, outcome());

        StateDir.approve(
                stateDir.folder(), admission.candidate().orElseThrow().planId().orElseThrow());
        letPass(1000);
        assertEquals(2, generation());
    }

    @Test
    void onActiveProceedsWhereTheCandidateSaysSo() {
        acceptFirst(TWO);
        live = inUse();
        rename(ONE + "reconcile: { on_active: proceed }\n");

        letPass(3000);

        assertEquals(2, generation());
    }

    private LiveState inUse() {
        TreeMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        LiveState.Controller writer = new LiveState.Controller(
                1,
                new Nqn("nqn.2026-11.org.example:host"),
                "1".repeat(32),
                new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.1", 4420),
                List.of(),
                new TreeSet<>(List.of(new Nsid(1))));
        facts.put(new Nqn(SpecLines.NQN_B), new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, List.of(writer)));
        return new LiveState(admission.accepted().orElseThrow().state().target(), facts);
    }

    @Test
    void consentHoldsOverARestart() throws IOException {
        acceptFirst(ONE);
        rename(NONE);
        letPass(3000);
        StateDir.approve(
                stateDir.folder(), admission.candidate().orElseThrow().planId().orElseThrow());

        restart();
        letPass(0);

        assertEquals(2, generation());
    }

    @Test
    void consentToAnotherPlanLiftsNothing() throws IOException {
        acceptFirst(ONE);
        rename(NONE);
        letPass(3000);

        StateDir.approve(stateDir.folder(), "sha256:" + "0".repeat(64));
        letPass(10_000);

        assertEquals(1, generation());
    }

    @Test
    void consentDoesNotLiftProtection() throws IOException {
        acceptFirst(SpecLines.protecting(ONE));
        rename(NONE);
        letPass(3000);

        StateDir.approve(
                stateDir.folder(), admission.candidate().orElseThrow().planId().orElseThrow());
        letPass(10_000);

        assertEquals(1, generation());
    }

    @Test
    void aNewTextEndsTheLatch() {
        acceptFirst(ONE);
        rename(NONE);
        letPass(3000);
        rename(TWO);

        admission.look();

        assertEquals(2, generation());
        assertEquals(Optional.empty(), stateDir.latch());
    }

    @Test
    void aRestartDoesNotAdmitTheAcceptedTextAgain() throws IOException {
        acceptFirst(ONE);
        restart();

        letPass(10_000);

        assertEquals(List.of(), accepted);
        assertEquals(1, generation());
    }

    @Test
    void aChangeMadeWhileDownIsACandidateLikeAnyOther() throws IOException {
        acceptFirst(TWO);
        rename(ONE);
        restart();

        admission.look();
        assertEquals(1, generation());

        letPass(3000);
        assertEquals(2, generation());
    }
}
