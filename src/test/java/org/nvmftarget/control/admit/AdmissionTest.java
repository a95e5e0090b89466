package org.nvmftarget.control.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.admit.Candidate.Outcome;

final class AdmissionTest extends AdmissionScene {
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
        assertTrue(admission.isUndecided());

        letPass(1);
        admission.look();
        assertEquals(2, generation());
        assertFalse(admission.isUndecided());
    }

    @Test
    void letsARenameThatRemovesWaitForSettle() {
        acceptFirst(TWO);
        rename(ONE);

        letPass(1999);
        assertEquals(1, generation());
        assertEquals(Outcome.SETTLING, outcome());
        assertTrue(admission.isUndecided());

        letPass(1);
        admission.look();
        assertEquals(2, generation());
        assertFalse(admission.isUndecided());
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
        assertEquals(List.of(Outcome.INVALID), outcomes);
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
