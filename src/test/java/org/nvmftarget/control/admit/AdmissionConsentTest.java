package org.nvmftarget.control.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.admit.Candidate.Outcome;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** What a guard refuses, and consent to it. */
final class AdmissionConsentTest extends AdmissionScene {

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
        assertEquals(List.of(Outcome.REFUSED), outcomes);
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
        assertEquals(Set.of(), stateDir.consents(2));
    }

    @Test
    void consentThatWasGivenWhileTheProgramWasDownIsUsedAtOnce() throws IOException {
        acceptFirst(ONE);
        rename(NONE);
        letPass(3000);
        StateDir.approve(
                stateDir.folder(), admission.candidate().orElseThrow().planId().orElseThrow());
        restart();

        admission.look();

        assertEquals(2, generation());
        assertEquals(List.of(Outcome.ACCEPTED), outcomes);
    }

    @Test
    void consentThatACrashLeftBehindIsNotUsedAgain() throws IOException {
        acceptFirst(ONE);
        rename(NONE);
        letPass(3000);
        String planId = admission.candidate().orElseThrow().planId().orElseThrow();
        StateDir.approve(stateDir.folder(), planId);
        Path consent = stateDir.folder().resolve("approvals").resolve(planId);
        String given = Files.readString(consent);
        letPass(1000);
        assertEquals(2, generation());
        Files.writeString(consent, given);
        rename(ONE);
        letPass(3000);
        assertEquals(3, generation());

        rename(NONE);
        letPass(10_000);

        Candidate refused = admission.candidate().orElseThrow();
        assertEquals(Optional.of(planId), refused.planId());
        assertEquals(Outcome.REFUSED, refused.outcome());
        assertEquals(3, generation());
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
}
