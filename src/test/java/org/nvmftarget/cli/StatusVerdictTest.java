package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a status means for whoever asked. */
final class StatusVerdictTest {

    @Test
    void aTargetThatIsAsAcceptedIsConverged() {
        StatusVerdict verdict = StatusVerdict.of(status("accepted", "a", true), Optional.empty());
        assertEquals(0, verdict.exitCode());
        assertTrue(verdict.isFinal());
    }

    @Test
    void whatIsPendingIsNamedButIsNoFailure() {
        JsonNode status =
                Json.parse(status("accepted", "a", true).toString().replace("\"pending\":[]", "\"pending\":[{}]"));
        assertEquals(
                new StatusVerdict(0, "Converged, but for what is pending", true),
                StatusVerdict.of(status, Optional.empty()));
    }

    @Test
    void aTargetThatIsBecomingIsNotConvergedYet() {
        StatusVerdict verdict = StatusVerdict.of(status("accepted", "a", false), Optional.empty());
        assertEquals(1, verdict.exitCode());
        assertFalse(verdict.isFinal());
    }

    @Test
    void anotherTextThanTheOneAskedForIsNotConverged() {
        StatusVerdict verdict = StatusVerdict.of(status("accepted", "a", true), Optional.of("b"));
        assertEquals(1, verdict.exitCode());
        assertFalse(verdict.isFinal());
    }

    @Test
    void aTextThatIsRefusedEndsTheWait() {
        StatusVerdict verdict = StatusVerdict.of(status("refused", "b", true), Optional.of("b"));
        assertEquals(3, verdict.exitCode());
        assertTrue(verdict.isFinal());
    }

    @Test
    void anInvalidTextEndsTheWaitForItAndNoOther() {
        assertTrue(
                StatusVerdict.of(status("invalid", "b", true), Optional.of("b")).isFinal());
        assertFalse(
                StatusVerdict.of(status("invalid", "b", true), Optional.of("c")).isFinal());
        assertEquals(
                1,
                StatusVerdict.of(status("invalid", "b", true), Optional.empty()).exitCode());
    }

    @Test
    void theAcceptedTextIsConvergedWhateverLiesInTheFileNow() {
        assertEquals(
                0,
                StatusVerdict.of(status("refused", "b", true), Optional.of("a")).exitCode());
    }

    @Test
    void aTextThatSettlesIsNotConvergedYet() {
        StatusVerdict verdict = StatusVerdict.of(status("settling", "b", true), Optional.of("b"));
        assertEquals(1, verdict.exitCode());
        assertFalse(verdict.isFinal());
    }

    /** The accepted text's hash is {@code a}. */
    private static JsonNode status(String outcome, String candidateHash, boolean converged) {
        return Json.parse("{\"accepted_hash\":\"a\",\"conditions\":[{\"type\":\"Converged\",\"status\":" + converged
                + "}],\"pending\":[],\"candidate\":{\"content_hash\":\"" + candidateHash + "\",\"outcome\":\"" + outcome
                + "\"}}");
    }
}
